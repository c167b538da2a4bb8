"""The definition of ../definition.ts. Writes the output to the folder in its argument."""

import sys
from pathlib import Path

import cdk8s
import cdk8s_plus_27 as kplus
from aws_cdk import App, Stack
from constructs import Construct
from serving_constructs import (
    Backend,
    Duration,
    HealthCheck,
    HttpMethod,
    Model,
    ModelServer,
    Resources,
    ScalingTarget,
    SecretValue,
    ServerImage,
    ServingEndpoint,
    Size,
    TrafficShare,
)
from serving_constructs.kubernetes import ClaimVolume, KubernetesBackend, KubernetesSecret


def sentiment(scope: Construct) -> tuple[Backend, Backend]:
    endpoint = ServingEndpoint(
        scope,
        "sentiment",
        path="/sentiment",
        methods=[HttpMethod.POST],
        request_timeout=Duration.seconds(60),
    )
    stable = endpoint.add_backend(
        "v1",
        image=ServerImage.from_registry("registry.example.com/sentiment:1.4.2"),
        server=ModelServer.wsgi(app="app:app"),
        health_check=HealthCheck.http("/healthz"),
        environment={"LOG_LEVEL": "info"},
        secrets={"TOKEN": SecretValue.from_name("sentiment-token")},
    )
    stable.autoscale(min_replicas=2, max_replicas=8, targets=[ScalingTarget.cpu_utilization(60)])
    following = endpoint.add_backend(
        "v2",
        image=ServerImage.from_registry("registry.example.com/sentiment:2.0.0"),
        server=ModelServer.asgi(app="serve:app"),
        resources=Resources(cpu=2, memory=Size.gibibytes(4)),
    )
    endpoint.split_traffic(
        shares=[TrafficShare(backend=stable, weight=9), TrafficShare(backend=following, weight=1)],
    )
    return stable, following


def template(folder: Path) -> None:
    app = App(outdir=str(folder), analytics_reporting=False)
    sentiment(Stack(app, "Serving"))
    app.synth()


def manifests(folder: Path) -> None:
    app = cdk8s.App(outdir=str(folder))
    _, following = sentiment(cdk8s.Chart(app, "serving"))
    KubernetesBackend.of(following).use_service_account_name("models")
    app.synth()


def mixed_manifests(folder: Path) -> None:
    app = cdk8s.App(outdir=str(folder))
    chart = cdk8s.Chart(app, "serving")
    token = kplus.Secret(chart, "Token", string_data={"token": "synthetic"})
    claim = kplus.PersistentVolumeClaim.from_claim_name(chart, "Claim", "models")
    endpoint = ServingEndpoint(chart, "sentiment", path="/sentiment")
    backend = endpoint.add_backend(
        "v1",
        image=ServerImage.from_registry("registry.example.com/sentiment:1.4.2"),
        server=ModelServer.wsgi(app="app:app"),
        model=Model.from_volume(ClaimVolume.from_claim(claim)),
        secrets={"TOKEN": KubernetesSecret.from_secret(token, "token")},
    )
    facade = KubernetesBackend.of(backend)
    facade.use_service_account(kplus.ServiceAccount(chart, "Account"))
    kplus.HorizontalPodAutoscaler(
        chart,
        "Scaler",
        target=facade,
        max_replicas=6,
        metrics=[kplus.Metric.resource_cpu(kplus.MetricTarget.average_utilization(70))],
    )
    app.synth()


def refusal() -> str:
    try:
        ServingEndpoint(cdk8s.Chart(cdk8s.App(), "refused"), "sentiment", path="sentiment")
    except RuntimeError as error:
        return str(error)
    raise AssertionError("a path without '/' was accepted")


out = Path(sys.argv[1])
template(out / "aws")
manifests(out / "kubernetes")
mixed_manifests(out / "mixed")
(out / "refusal.txt").write_text(refusal())

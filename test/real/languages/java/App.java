import io.github.servingconstructs.AutoscalingOptions;
import io.github.servingconstructs.Backend;
import io.github.servingconstructs.BackendOptions;
import io.github.servingconstructs.Duration;
import io.github.servingconstructs.HealthCheck;
import io.github.servingconstructs.HttpMethod;
import io.github.servingconstructs.ModelServer;
import io.github.servingconstructs.Resources;
import io.github.servingconstructs.ScalingTarget;
import io.github.servingconstructs.SecretValue;
import io.github.servingconstructs.ServerImage;
import io.github.servingconstructs.ServingEndpoint;
import io.github.servingconstructs.Size;
import io.github.servingconstructs.TrafficShare;
import io.github.servingconstructs.TrafficSplitOptions;
import io.github.servingconstructs.AsgiServerOptions;
import io.github.servingconstructs.WsgiServerOptions;
import io.github.servingconstructs.kubernetes.KubernetesBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cdk8s.Chart;
import software.amazon.awscdk.Stack;
import software.amazon.jsii.JsiiException;
import software.constructs.Construct;

/** The definition of ../definition.ts. Writes the output to the folder in its argument. */
public final class App {
  private static Backend sentiment(Construct scope) {
    ServingEndpoint endpoint =
        ServingEndpoint.Builder.create(scope, "sentiment")
            .path("/sentiment")
            .methods(List.of(HttpMethod.POST))
            .requestTimeout(Duration.seconds(60))
            .build();
    Backend stable =
        endpoint.addBackend(
            "v1",
            BackendOptions.builder()
                .image(ServerImage.fromRegistry("registry.example.com/sentiment:1.4.2"))
                .server(ModelServer.wsgi(WsgiServerOptions.builder().app("app:app").build()))
                .healthCheck(HealthCheck.http("/healthz"))
                .environment(Map.of("LOG_LEVEL", "info"))
                .secrets(Map.of("TOKEN", SecretValue.fromName("sentiment-token")))
                .build());
    stable.autoscale(
        AutoscalingOptions.builder()
            .minReplicas(2)
            .maxReplicas(8)
            .targets(List.of(ScalingTarget.cpuUtilization(60)))
            .build());
    Backend next =
        endpoint.addBackend(
            "v2",
            BackendOptions.builder()
                .image(ServerImage.fromRegistry("registry.example.com/sentiment:2.0.0"))
                .server(ModelServer.asgi(AsgiServerOptions.builder().app("serve:app").build()))
                .resources(Resources.builder().cpu(2).memory(Size.gibibytes(4)).build())
                .build());
    endpoint.splitTraffic(
        TrafficSplitOptions.builder()
            .shares(
                List.of(
                    TrafficShare.builder().backend(stable).weight(9).build(),
                    TrafficShare.builder().backend(next).weight(1).build()))
            .build());
    return next;
  }

  private static void template(String folder) {
    software.amazon.awscdk.App app =
        software.amazon.awscdk.App.Builder.create().outdir(folder).analyticsReporting(false).build();
    sentiment(new Stack(app, "Serving"));
    app.synth();
  }

  private static void manifests(String folder) {
    org.cdk8s.App app = org.cdk8s.App.Builder.create().outdir(folder).build();
    Backend next = sentiment(new Chart(app, "serving"));
    KubernetesBackend.of(next).useServiceAccountName("models");
    app.synth();
  }

  private static String refusal() {
    try {
      ServingEndpoint.Builder.create(new Chart(new org.cdk8s.App(), "refused"), "sentiment").path("sentiment").build();
    } catch (JsiiException error) {
      return error.getMessage();
    }
    throw new AssertionError("a path without '/' was accepted");
  }

  public static void main(String[] arguments) throws Exception {
    Path out = Path.of(arguments[0]);
    template(out.resolve("aws").toString());
    manifests(out.resolve("kubernetes").toString());
    Files.writeString(out.resolve("refusal.txt"), refusal());
    // The threads of the jsii runtime would keep the process running.
    System.exit(0);
  }
}

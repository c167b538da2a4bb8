// The definition of ../definition.ts. Writes the output to the folder in its argument.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	serving "github.com/serving-constructs/serving-constructs-go/servingconstructs"
	"github.com/serving-constructs/serving-constructs-go/servingconstructs/kubernetes"
)

func sentiment(scope constructs.Construct) serving.Backend {
	endpoint := serving.NewServingEndpoint(scope, jsii.String("sentiment"), &serving.ServingEndpointProps{
		Path:           jsii.String("/sentiment"),
		Methods:        &[]serving.HttpMethod{serving.HttpMethod_POST},
		RequestTimeout: serving.Duration_Seconds(jsii.Number(60)),
	})
	stable := endpoint.AddBackend(jsii.String("v1"), &serving.BackendOptions{
		Image:       serving.ServerImage_FromRegistry(jsii.String("registry.example.com/sentiment:1.4.2"), nil),
		Server:      serving.ModelServer_Wsgi(&serving.WsgiServerOptions{App: jsii.String("app:app")}),
		HealthCheck: serving.HealthCheck_Http(jsii.String("/healthz"), nil),
		Environment: &map[string]*string{"LOG_LEVEL": jsii.String("info")},
		Secrets: &map[string]serving.SecretValue{
			"TOKEN": serving.SecretValue_FromName(jsii.String("sentiment-token"), nil),
		},
	})
	stable.Autoscale(&serving.AutoscalingOptions{
		MinReplicas: jsii.Number(2),
		MaxReplicas: jsii.Number(8),
		Targets:     &[]serving.ScalingTarget{serving.ScalingTarget_CpuUtilization(jsii.Number(60))},
	})
	next := endpoint.AddBackend(jsii.String("v2"), &serving.BackendOptions{
		Image:     serving.ServerImage_FromRegistry(jsii.String("registry.example.com/sentiment:2.0.0"), nil),
		Server:    serving.ModelServer_Asgi(&serving.AsgiServerOptions{App: jsii.String("serve:app")}),
		Resources: &serving.Resources{Cpu: jsii.Number(2), Memory: serving.Size_Gibibytes(jsii.Number(4))},
	})
	endpoint.SplitTraffic(&serving.TrafficSplitOptions{
		Shares: &[]*serving.TrafficShare{
			{Backend: stable, Weight: jsii.Number(9)},
			{Backend: next, Weight: jsii.Number(1)},
		},
	})
	return next
}

func template(folder string) {
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &folder, AnalyticsReporting: jsii.Bool(false)})
	sentiment(awscdk.NewStack(app, jsii.String("Serving"), nil))
	app.Synth(nil)
}

func manifests(folder string) {
	app := cdk8s.NewApp(&cdk8s.AppProps{Outdir: &folder})
	next := sentiment(cdk8s.NewChart(app, jsii.String("serving"), nil))
	kubernetes.KubernetesBackend_Of(next).UseServiceAccountName(jsii.String("models"))
	app.Synth()
}

func refusal() (message string) {
	defer func() { message = fmt.Sprint(recover()) }()
	chart := cdk8s.NewChart(cdk8s.NewApp(nil), jsii.String("refused"), nil)
	serving.NewServingEndpoint(chart, jsii.String("sentiment"), &serving.ServingEndpointProps{Path: jsii.String("sentiment")})
	return ""
}

func main() {
	defer jsii.Close()
	out := os.Args[1]
	template(filepath.Join(out, "aws"))
	manifests(filepath.Join(out, "kubernetes"))
	if err := os.WriteFile(filepath.Join(out, "refusal.txt"), []byte(refusal()), 0o644); err != nil {
		panic(err)
	}
}

// The frameworks of the Go consumer, in the releases of package.json. The test replaces what it makes itself.
module example.com/consumer

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.262.2
	github.com/aws/constructs-go/constructs/v10 v10.5.1
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2 v2.70.0
	github.com/serving-constructs/serving-constructs-go/servingconstructs v0.0.0
)

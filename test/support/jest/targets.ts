// Tests import single modules; the index of the package registers the targets.
import '../../../src/aws/register';
import '../../../src/kubernetes/register';

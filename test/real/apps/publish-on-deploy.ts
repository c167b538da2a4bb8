/** A CDK app whose models are published on deployment: one to a registry, and one to a bucket. */
import { App, Stack } from 'aws-cdk-lib';
import { Model, ModelServer, ServerImage, ServingEndpoint } from '../../../src';

const app = new App();
const stack = new Stack(app, 'Serving');
new ServingEndpoint(stack, 'endpoint').addBackend('backend', {
  image: ServerImage.fromRegistry('acme/svm:1.4.2'),
  server: ModelServer.wsgi({ app: 'app' }),
  models: [
    Model.fromDirectory('models/net', { path: 'net', publishOnDeploy: true }),
    Model.fromDirectory('models/files', { path: 'files', publishOnDeploy: true }),
  ],
});
app.synth();

import { App, Stack } from 'aws-cdk-lib';
import { embeddings } from '../definition';

const app = new App();
embeddings(new Stack(app, 'Embeddings'));

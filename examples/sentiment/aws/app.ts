import { App, Stack } from 'aws-cdk-lib';
import { sentiment } from '../definition';

const app = new App();
sentiment(new Stack(app, 'Sentiment'));

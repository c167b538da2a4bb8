import { App, Stack } from 'aws-cdk-lib';
import { imageClassifier } from '../definition';

const app = new App();
imageClassifier(new Stack(app, 'ImageClassifier'));

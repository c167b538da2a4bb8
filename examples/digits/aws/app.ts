import { App, Stack } from 'aws-cdk-lib';
import { digits } from '../definition';

const app = new App();
digits(new Stack(app, 'Digits'));

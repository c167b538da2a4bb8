import { App, Stack } from 'aws-cdk-lib';
import { imageClassifier } from './definition';
import { loadedFrameworks } from './loaded';

const app = new App();
imageClassifier(new Stack(app, 'Serving'));
const made = Object.keys(app.synth().getStackByName('Serving').template.Resources).length;
console.log(JSON.stringify({ made, loaded: loadedFrameworks() }));

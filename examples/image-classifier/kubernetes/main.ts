import { App, Chart } from 'cdk8s';
import { imageClassifier } from '../definition';

const app = new App();
imageClassifier(new Chart(app, 'image-classifier'));
app.synth();

import { App, Chart } from 'cdk8s';
import { sentiment } from '../definition';

const app = new App();
sentiment(new Chart(app, 'sentiment'));
app.synth();

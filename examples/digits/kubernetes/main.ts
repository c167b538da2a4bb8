import { App, Chart } from 'cdk8s';
import { digits } from '../definition';

const app = new App();
digits(new Chart(app, 'digits'));
app.synth();

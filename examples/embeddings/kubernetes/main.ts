import { App, Chart } from 'cdk8s';
import { embeddings } from '../definition';

const app = new App();
embeddings(new Chart(app, 'embeddings'));
app.synth();

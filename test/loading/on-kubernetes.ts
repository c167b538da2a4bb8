import { App, Chart } from 'cdk8s';
import { imageClassifier } from './definition';
import { loadedFrameworks } from './loaded';

const app = new App();
imageClassifier(new Chart(app, 'serving'));
const made = app.synthYaml().split('\n---\n').length;
console.log(JSON.stringify({ made, loaded: loadedFrameworks() }));

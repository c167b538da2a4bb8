import { RootConstruct } from 'constructs';
import { TestPlatform } from '../support/test-platform';
import { imageClassifier } from './definition';
import { loadedFrameworks } from './loaded';

const root = new RootConstruct();
const platform = new TestPlatform(root, 'Platform');
imageClassifier(root);
const { services } = platform.synthesize();
console.log(JSON.stringify({ made: services.length, loaded: loadedFrameworks() }));

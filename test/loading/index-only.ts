import * as serving from '../../src';
import { loadedFrameworks } from './loaded';

const made = [serving.ServingEndpoint, serving.aws.EcsPlatform, serving.kubernetes.KubernetesPlatform].length;
console.log(JSON.stringify({ made, loaded: loadedFrameworks() }));

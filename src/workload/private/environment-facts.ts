/** What is known of the images of environments, in the form of the table of image facts. */
export const ENVIRONMENT_FACTS = [
  {
    repositories: ['pytorch/pytorch'],
    version: '2.11.0',
    source: 'https://github.com/pytorch/pytorch/blob/main/Dockerfile',
    user: 0,
    userName: 'root',
    home: '/root',
  },
  {
    repositories: ['tensorflow/tensorflow'],
    version: '2.20.0',
    source: 'https://github.com/tensorflow/tensorflow/tree/master/tensorflow/tools/tf_sig_build_dockerfiles',
    user: 0,
    userName: 'root',
    home: '/root',
  },
  {
    repositories: ['public.ecr.aws/deep-learning-containers/pytorch'],
    version: '2.14.0',
    source: 'https://github.com/aws/deep-learning-containers/blob/main/docker/pytorch/Dockerfile.cpu',
    user: 0,
    userName: 'root',
    home: '/root',
    entryPoint: ['/usr/local/bin/entrypoint.sh'],
    python: '/opt/venv/bin/python',
  },
  {
    repositories: ['public.ecr.aws/deep-learning-containers/pytorch-inference'],
    version: '2.6.0',
    source:
      'https://github.com/aws/deep-learning-containers/blob/master/pytorch/inference/docker/2.6/py3/Dockerfile.cpu',
    user: 0,
    userName: 'root',
    home: '/root',
    entryPoint: ['python', '/usr/local/bin/dockerd-entrypoint.py'],
    port: 8080,
    python: '/usr/local/bin/python',
  },
];

import { modelProject } from '../../support/model-project';

describe('the public key of serving verify', () => {
  const { serving } = modelProject();

  test.each([
    [
      'nowhere.pem',
      '[InvalidKey] --key (nowhere.pem) does not exist; specify a file with a public key in PEM format\n',
    ],
    ['models', '[InvalidKey] --key (models) cannot be read (EISDIR); specify a file with a public key in PEM format\n'],
  ])('must be a file: %s', (key, stderr) => {
    serving('lock', 'models/net', '--to', '127.0.0.1:1/net');
    expect(serving('verify', '--key', key)).toMatchObject({ status: 2, stderr });
  });
});

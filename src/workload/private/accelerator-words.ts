import { findGpuProduct } from './gpu-models';

/** Words for devices that another option or factory requests, and how. */
interface AcceleratorWord {
  readonly pattern: RegExp;
  readonly use: (text: string) => string;
}

const WORDS: readonly AcceleratorWord[] = [
  { pattern: /^nvidia\.com\/gpu$/i, use: () => 'use Gpu.nvidia() for any product' },
  {
    pattern: /^nvidia\.com\/mig-/i,
    use: (text) => `use Gpu.nvidia({ mig: '${text.slice('nvidia.com/mig-'.length)}' })`,
  },
  {
    pattern: /^[a-z0-9.-]+\.[a-z]+\/[a-z0-9._-]+$/i,
    use: (text) => `use Gpu.custom('${text}', 1) for a resource name`,
  },
  {
    pattern: /^(?:[gp]\d|inf\d|trn\d)[a-z]*\.(?:\d*x?large|metal)/i,
    use: (text) =>
      `'${text}' is an EC2 instance type: pass aws.GpuCapacity.autoScalingGroup({ instanceType: '${text}' }) to the platform`,
  },
  { pattern: /\b(?:amd|instinct|radeon|rocm|mi\d{2,3}[axp]?)\b/i, use: () => 'use Gpu.amd()' },
  { pattern: /\b(?:inferentia|inf\d|trainium|trn\d|neuron)/i, use: () => 'use Gpu.neuron()' },
  {
    pattern: /\btpu|^v\d[ep]?-\d+$/i,
    use: () => "use Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology: '2x4' }) with the type and topology",
  },
  { pattern: /\b(?:gaudi|hpu|habana)/i, use: () => "use Gpu.custom('habana.ai/gaudi', 1)" },
  { pattern: /\b(?:intel|arc|flex|i915)\b/i, use: () => 'use Gpu.intel({ driver: IntelGpuDriver.XE })' },
  { pattern: /^(?:cpu|none|no|false)$/i, use: () => "omit 'gpu' for a backend without a GPU" },
  { pattern: /^(?:gpu|nvidia|cuda|any|true)s?$/i, use: () => 'use Gpu.nvidia() for any product' },
];

/** What requests the device that a text names, if it is not a known product of NVIDIA. Undefined for other texts. */
export function adviceForAccelerator(text: string): string | undefined {
  return countAdvice(text) ?? WORDS.find(({ pattern }) => pattern.test(text))?.use(text);
}

/** A number with a product, such as `A100:4`, `4xA100` or `A100 x4`. */
function countAdvice(text: string): string | undefined {
  const match =
    /^(?<product>.+?)(?::|\s*[x*]\s*)(?<count>\d+)$/i.exec(text) ??
    /^(?<count>\d+)\s*[x*:]\s*(?<product>.+)$/i.exec(text);
  const { product = '', count } = match?.groups ?? {};
  const found = findGpuProduct(product);
  return found && `use Gpu.nvidia({ count: ${count}, product: '${found.name}' })`;
}

import { nearest } from '../../private/suggest';

/** One model of NVIDIA GPU. */
export interface GpuModel {
  /** What users call it, such as `A100`: models that differ only in memory or form share it. */
  readonly product: string;
  /** The memory in GiB that it is sold with. Drivers report up to 8 % less, because error correction uses a part. */
  readonly memoryGib: number;
  /** The name without the brand, such as `A100-SXM4-80GB`. It identifies the model. */
  readonly name: string;
  /** The names that drivers report. GPU Feature Discovery replaces their spaces by `-`: that is the node label. */
  readonly driverNames: readonly string[];
  /** Words that users add to the product, and that the name lacks. */
  readonly words: readonly string[];
}

/** A name that the driver reports with the brand `NVIDIA`. */
const nvidia = (name: string) => ({ name, driverNames: [`NVIDIA ${name}`] });

/** A name that drivers before release 470 reported without the brand. */
const renamed = (name: string) => ({ name, driverNames: [`NVIDIA ${name}`, name] });

/** A name that keeps the brand `Tesla`. */
const tesla = (name: string) => ({ name, driverNames: [`Tesla ${name}`] });

type Row = [product: string, memoryGib: number, models: ReturnType<typeof nvidia>[], words?: string[]];

/**
 * The models, by product and memory. Names: "Compatible GPUs" of the open kernel modules for Turing and later,
 * https://github.com/NVIDIA/open-gpu-kernel-modules, and the supported chips of the driver for older ones,
 * https://download.nvidia.com/XFree86/Linux-x86_64/580.95.05/README/supportedchips.html. Labels:
 * https://github.com/NVIDIA/k8s-device-plugin/blob/main/internal/lm/resource.go. Memory: the data sheets,
 * https://www.nvidia.com/en-us/data-center/, per GPU of an HGX board for B200, B300 and GB200.
 */
const ROWS: Row[] = [
  ['P4', 8, [tesla('P4')]],
  ['P40', 24, [tesla('P40')]],
  ['P100', 12, [tesla('P100-PCIE-12GB')]],
  ['P100', 16, [tesla('P100-PCIE-16GB'), tesla('P100-SXM2-16GB')]],
  ['V100', 16, [tesla('V100-SXM2-16GB'), tesla('V100-PCIE-16GB'), tesla('V100-FHHL-16GB')]],
  ['V100', 32, [tesla('V100-SXM2-32GB'), tesla('V100-PCIE-32GB'), tesla('V100-SXM3-32GB')]],
  ['V100S', 32, [tesla('V100S-PCIE-32GB')]],
  ['T4', 16, [tesla('T4')]],
  ['T4G', 16, [nvidia('T4G')]],
  ['A2', 16, [nvidia('A2')]],
  ['A10', 24, [renamed('A10')]],
  ['A10G', 24, [renamed('A10G')]],
  ['A16', 16, [renamed('A16')]],
  ['A30', 24, [renamed('A30')]],
  ['A40', 48, [renamed('A40')]],
  ['A100', 40, [renamed('A100-SXM4-40GB'), renamed('A100-PCIE-40GB')]],
  ['A100', 64, [nvidia('A100-SXM-64GB')]],
  ['A100', 80, [renamed('A100-SXM4-80GB'), nvidia('A100 80GB PCIe')]],
  ['A800', 40, [nvidia('A800-SXM4-40GB'), nvidia('A800 40GB Active')]],
  ['A800', 80, [nvidia('A800-SXM4-80GB'), nvidia('A800 80GB PCIe')]],
  ['L2', 24, [nvidia('L2')]],
  ['L4', 24, [nvidia('L4')]],
  ['L20', 48, [nvidia('L20')]],
  ['L40', 48, [nvidia('L40')]],
  ['L40S', 48, [nvidia('L40S')]],
  ['H20', 96, [nvidia('H20')]],
  ['H20', 141, [nvidia('H20-3e')]],
  ['H100', 80, [nvidia('H100 80GB HBM3')], ['sxm5', 'sxm', 'mega']],
  ['H100', 80, [nvidia('H100 PCIe')]],
  ['H100', 94, [nvidia('H100 NVL')]],
  ['H200', 141, [nvidia('H200')], ['sxm5', 'sxm']],
  ['H200', 141, [nvidia('H200 NVL')]],
  ['H800', 80, [nvidia('H800')], ['sxm5', 'sxm']],
  ['H800', 80, [nvidia('H800 PCIe')]],
  ['H800', 94, [nvidia('H800 NVL')]],
  ['GH200', 96, [nvidia('GH200 120GB'), nvidia('GH200 480GB')]],
  ['GH200', 144, [nvidia('GH200 144G HBM3e')]],
  ['B200', 180, [nvidia('B200')], ['sxm6', 'sxm']],
  ['B300', 270, [nvidia('B300 SXM6 AC')]],
  ['GB200', 186, [nvidia('GB200')]],
  ['RTX A4000', 16, [renamed('RTX A4000')]],
  ['RTX A4500', 20, [nvidia('RTX A4500')]],
  ['RTX A5000', 24, [renamed('RTX A5000')]],
  ['RTX A5500', 24, [nvidia('RTX A5500')]],
  ['RTX A6000', 48, [renamed('RTX A6000')]],
  ['RTX 4000 Ada', 20, [nvidia('RTX 4000 Ada Generation'), nvidia('RTX 4000 SFF Ada Generation')]],
  ['RTX 4500 Ada', 24, [nvidia('RTX 4500 Ada Generation')]],
  ['RTX 5000 Ada', 32, [nvidia('RTX 5000 Ada Generation')]],
  ['RTX 6000 Ada', 48, [nvidia('RTX 6000 Ada Generation')]],
  ['RTX PRO 6000', 96, [nvidia('RTX PRO 6000 Blackwell Server Edition')]],
  [
    'RTX PRO 6000',
    96,
    [nvidia('RTX PRO 6000 Blackwell Workstation Edition'), nvidia('RTX PRO 6000 Blackwell Max-Q Workstation Edition')],
  ],
  ['RTX 3090', 24, [renamed('GeForce RTX 3090')]],
  ['RTX 4090', 24, [nvidia('GeForce RTX 4090')]],
  ['RTX 5090', 32, [nvidia('GeForce RTX 5090')]],
];

/** Every known model. */
export const GPU_MODELS: readonly GpuModel[] = ROWS.flatMap(([product, memoryGib, models, words = []]) =>
  models.map(({ name, driverNames }) => ({ product, memoryGib, name, driverNames, words })),
);

/** Every known product. */
export const GPU_PRODUCTS: readonly string[] = [...new Set(GPU_MODELS.map(({ product }) => product))];

/** What a spelling means. */
export interface GpuProduct {
  /** The shortest spelling that means these models: `A100`, `A100-80GB` or `A100-SXM4-80GB`. */
  readonly name: string;
  readonly models: readonly GpuModel[];
}

/**
 * The models that a text means: the words of a product and any others of a model, such as `a100`, `nvidia-a100-80gb`,
 * `A100 SXM4 80GB` or `NVIDIA-A100-SXM4-80GB`. Undefined if there is no such model.
 */
export function findGpuProduct(text: string): GpuProduct | undefined {
  const words = wordsOf(text);
  const exact = GPU_MODELS.filter(({ driverNames }) => driverNames.some((name) => sameWords(wordsOf(name), words)));
  // 'H200' is also the whole name of one model, but means the product.
  const isProduct = GPU_PRODUCTS.some((product) => sameWords(wordsOf(product), words));
  const models = exact.length > 0 && !isProduct ? exact : GPU_MODELS.filter((model) => isMeant(model, words));
  return models.length === 0 ? undefined : { name: nameOf(models), models };
}

/** The models with at least this memory. */
export function modelsWithMemory(models: readonly GpuModel[], memoryMib = 0): GpuModel[] {
  return models.filter(({ memoryGib }) => memoryGib * 1024 >= memoryMib);
}

/** What a mistyped product may mean, for a message. */
export function suggestGpuProduct(text: string): string {
  const words = wordsOf(text);
  const longer = GPU_PRODUCTS.filter((product) => words.every((word) => wordsOf(product).includes(word)));
  const close = words.length > 0 && longer.length > 0 ? longer : nearest(words.join(' '), GPU_PRODUCTS, 3);
  const names = close.slice(0, 3).map((name) => `'${name}'`);
  return names.length === 0
    ? "use one such as 'L4', 'A10G', 'L40S', 'A100' or 'H100', or 'customProduct' for a newer one"
    : `did you mean ${names.join(' or ')}? 'customProduct' accepts a newer one`;
}

/** The shortest spelling of models that `findGpuProduct` returns together. */
function nameOf(models: readonly GpuModel[]): string {
  const [{ product, memoryGib, name }] = models as [GpuModel];
  if (models.length === GPU_MODELS.filter((model) => model.product === product).length) return product;
  if (models.length === 1) return name;
  const equals = GPU_MODELS.filter((model) => model.product === product && model.memoryGib === memoryGib);
  const isAll = models.length === equals.length && models.every((model) => equals.includes(model));
  return isAll ? `${product}-${memoryGib}GB` : `${product} (${models.map((model) => model.name).join(', ')})`;
}

function isMeant({ product, memoryGib, name, words }: GpuModel, searched: readonly string[]): boolean {
  const own = new Set([...wordsOf(product), ...wordsOf(name), ...words, `${memoryGib}gb`]);
  return wordsOf(product).every((word) => searched.includes(word)) && searched.every((word) => own.has(word));
}

function sameWords(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((word) => others.includes(word));
}

/** The words without brands, in lower case, with `80 GB` as one word. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/(\d)\s*gi?b\b/g, '$1gb')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !BRANDS.includes(word));
}

const BRANDS = ['nvidia', 'tesla', 'geforce'];

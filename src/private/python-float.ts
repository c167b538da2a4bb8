/** A number with a decimal point. JavaScript does not distinguish `2.0` from `2`, and Python does. */
export class PythonFloat {
  constructor(public readonly value: number) {}
}

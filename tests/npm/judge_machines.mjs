// Judge definitions of state machines: a list of them on stdin, a list of what is wrong with each on stdout.
import { text } from "node:stream/consumers";
import aslValidator from "asl-validator";

const validate = aslValidator.default ?? aslValidator;
const definitions = JSON.parse(await text(process.stdin));
const found = definitions.map((definition) => {
  const { isValid, errorsText } = validate(definition);
  return isValid ? "" : errorsText("\n");
});
console.log(JSON.stringify(found));

// Run state machines in an interpreter that shares nothing with the stand-in for AWS; no pause is longer than an instant.
//
// On stdin, a list of {definition, input, context, answers}, where answers[function or state] is a list of what its
// invocations answer in turn, the last one again and again: {payload: ...} or {error: name, message: text}.
// On stdout, for each: {entered: [names of states], status, error, sent: [[function or state, what it was sent]]}.
import { text } from "node:stream/consumers";
import { StateMachine } from "aws-local-stepfunctions";

const each = (names, value) => Object.fromEntries(names.map((name) => [name, value(name)]));

async function play({ definition, input, context, answers }) {
  const named = (type) => Object.keys(definition.States).filter((name) => definition.States[name].Type === type);
  const asked = {};
  const sent = [];
  const answer = (state) => async (received) => {
    const who = received.FunctionName?.split(":").at(-1) ?? state;
    sent.push([who, received.FunctionName ? received.Payload : received]);
    const row = answers[who] ?? [];
    const number = (asked[who] = (asked[who] ?? -1) + 1);
    const given = row[Math.min(number, row.length - 1)] ?? { error: "NoAnswer", message: who };
    if (given.error === undefined) return received.FunctionName ? { Payload: given.payload } : given.payload;
    const error = new Error(given.message);
    error.name = given.error;
    throw error;
  };
  const machine = new StateMachine(definition, { validationOptions: { checkArn: false } });
  const execution = machine.run(input, {
    overrides: {
      taskResourceLocalHandlers: each(named("Task"), answer),
      waitTimeOverrides: each(named("Wait"), () => 0),
      retryIntervalOverrides: each(named("Task"), () => 0),
    },
    context,
  });
  const ending = execution.result.then(
    () => ({ status: "SUCCEEDED", error: null }),
    (error) => ({ status: "FAILED", error: error.cause?.name ?? error.name }),
  );
  const entered = [];
  for await (const event of execution.eventLogs) {
    if (event.type === "StateEntered") entered.push(event.state.name);
  }
  return { entered, sent, ...(await ending) };
}

const played = [];
for (const each of JSON.parse(await text(process.stdin))) played.push(await play(each));
console.log(JSON.stringify(played));
process.exit(0); // the machine's own timeout would keep it

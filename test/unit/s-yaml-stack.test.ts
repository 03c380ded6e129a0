import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readStack, type Stack, StackError } from "../../local/stack/index.ts";
import { parseQueuedCommand } from "../../shared/command/request.ts";
import { parseExact } from "../../shared/json/exact.ts";
import { functionNames } from "../../tools/build.ts";

const FILE = join(import.meta.dirname, "../../s.yaml");
const API_KEYS = "key-of-at-least-16-characters";
const ACCOUNT_ID = "1234567890123456";
const REGION = "cn-shanghai";

function read(file = FILE, env: Record<string, string> = { API_KEYS }): Stack {
	return readStack(file, { env, accountId: ACCOUNT_ID, region: REGION });
}

const stack = read();
const functionOf = (resource: string) => {
	const found = stack.functions.find((candidate) => candidate.resource === resource);
	if (!found) throw new Error(`s.yaml has no ${resource}`);
	return found;
};

describe("the functions of s.yaml", () => {
	it("are those that the build makes, each with its own bundle as code", () => {
		expect(stack.functions.map(({ resource }) => resource).sort()).toEqual(functionNames());
		for (const { resource, code, functionName } of stack.functions) {
			expect(dirname(code)).toBe("./dist");
			expect(basename(code)).toBe(resource);
			expect(functionName).toBe(`thingcast-${resource}`);
		}
	});

	it("start by the bundles' own exports", () => {
		for (const { handler, initializer } of stack.functions) {
			expect(handler).toBe("index.handler");
			expect(initializer?.handler).toBe("index.initializer");
		}
	});

	it("name the worker of this stack as the one to invoke", () => {
		for (const { environment } of stack.functions) {
			expect(environment["WORKER_FUNCTION"]).toBe(functionOf("worker").functionName);
		}
	});

	it("divide the static quota by as many instances as there can be", () => {
		const { environment, reservedConcurrency } = functionOf("worker");
		expect(environment["QUOTA_INSTANCES"]).toBe(String(reservedConcurrency));
	});

	it("tell those that spend the quota and those that show it the same", () => {
		const [http, worker] = ["http", "worker"].map((name) => functionOf(name).environment);
		for (const name of ["QUOTA_PER_SECOND", "QUOTA_SHARE"]) {
			expect(http?.[name]).toBe(worker?.[name]);
			expect(http?.[name]).not.toBe("");
		}
	});

	it("set no variable that Function Compute provides itself", () => {
		for (const { environment } of stack.functions) {
			const reserved = Object.keys(environment).filter((name) => /^(FC|ALIBABA_CLOUD)_/.test(name));
			expect(reserved).toEqual([]);
		}
	});

	it("take their settings from the environment of the one who deploys", () => {
		const changed = read(FILE, {
			API_KEYS,
			IOT_INSTANCE_ID: "iot-060a1234",
			QUOTA_PER_SECOND: "40",
			COMMANDS_QUEUE: "orders",
			COMMANDS_DEAD_LETTER_QUEUE: "orders-dead",
		});
		const worker = changed.functions.find(({ resource }) => resource === "worker");
		expect(worker?.environment).toMatchObject({
			IOT_INSTANCE_ID: "iot-060a1234",
			QUOTA_PER_SECOND: "40",
		});
		const triggers = changed.functions.find(({ resource }) => resource === "queue")?.triggers;
		expect(triggers?.[0]).toMatchObject({ queue: "orders", deadLetterQueue: "orders-dead" });
	});

	it("give the API keys to the http function only, and are not deployed without any", () => {
		const holders = stack.functions.filter(({ environment }) => "API_KEYS" in environment);
		expect(holders.map(({ resource }) => resource)).toEqual(["http"]);
		expect(() => read(FILE, {})).toThrow(/API_KEYS/);
	});
});

describe("the worker's asynchronous settings", () => {
	it("retry, and send what failed for good to a queue", () => {
		const { async, reservedConcurrency } = functionOf("worker");
		// Claims make task ids needless, and the vendor advises against them at such latencies.
		expect(async.task).toBe(false);
		expect(async.maxRetryAttempts).toBe(3);
		expect(async.onFailure).toEqual({ type: "queue", queue: "thingcast-failures" });
		expect(reservedConcurrency).toBe(4);
	});
});

describe("the triggers of s.yaml", () => {
	it("let the API answer every method, and ask for its key itself", () => {
		const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
		const [trigger] = functionOf("http").triggers;
		expect(trigger).toMatchObject({ type: "http", authType: "anonymous" });
		expect(trigger?.type === "http" && [...trigger.methods].sort()).toEqual(methods);
	});

	it("tick every minute with nothing to say", () => {
		expect(functionOf("timer").triggers[0]).toMatchObject({
			name: "tick",
			cronExpression: "0 * * * * *",
			enabled: true,
			payload: "",
		});
	});

	it("carry an example command that the timer function accepts, and leave it off", () => {
		const example = functionOf("timer").triggers[1];
		if (example?.type !== "timer") throw new Error("there is no example timer");
		expect(example).toMatchObject({ name: "example", enabled: false });
		const parsed = parseQueuedCommand(parseExact(example.payload));
		expect(parsed).toMatchObject({
			ok: true,
			value: { request: { device: { productKey: "a1EXAMPLE", deviceName: "example" } } },
		});
	});

	const streams = functionOf("queue").triggers.filter(({ type }) => type === "eventbridge");

	it("stream two queues, each with a dead-letter queue of its own", () => {
		expect(streams.slice(0, 2)).toMatchObject([
			{ queue: "thingcast-commands", deadLetterQueue: "thingcast-commands-dead-letters" },
			{ queue: "thingcast-events", deadLetterQueue: "thingcast-events-dead-letters" },
		]);
		for (const stream of streams.slice(0, 2)) {
			expect(stream).toMatchObject({
				enabled: true,
				asynchronous: false,
				decodeBase64: true,
				errorsTolerance: "ALL",
				retry: "EXPONENTIAL_DECAY_RETRY",
			});
		}
	});

	it("drain what those and the worker have given up, and give none of it up again", () => {
		const drains = streams.slice(2);
		const queues = ["commands-dead-letters", "events-dead-letters", "failures"];
		expect(drains.map((drain) => drain.type === "eventbridge" && drain.queue)).toEqual(
			queues.map((queue) => `thingcast-${queue}`),
		);
		for (const drain of drains) expect(drain).toMatchObject({ errorsTolerance: "NONE" });
	});

	it("are told apart by the function as s.yaml names their queues", () => {
		const { environment } = functionOf("queue");
		const named = [environment["COMMANDS_QUEUE"], environment["EVENTS_QUEUE"]];
		expect([...named, ...String(environment["DEAD_LETTER_QUEUES"]).split(",")]).toEqual(
			streams.map((stream) => stream.type === "eventbridge" && stream.queue),
		);
	});
});

describe("a broken s.yaml is refused by the name of the field", () => {
	const folder = mkdtempSync(join(tmpdir(), "thingcast-stack-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const text = readFileSync(FILE, "utf8");

	const cases: [what: string, from: string, to: string, field: RegExp][] = [
		["a misspelt key of a trigger", "triggerEnable:", "triggerEnabled:", /triggerEnabled/],
		[
			"a trigger type that does not exist",
			"triggerType: timer",
			"triggerType: cron",
			/triggerType/,
		],
		["a cron expression of five fields", "0 * * * * *", "* * * * *", /cronExpression/],
		["a cron expression below a minute", "0 * * * * *", "*/30 * * * * *", /cronExpression/],
		["a batch window of 16 s", "TimeBasedWindow: 0", "TimeBasedWindow: 16", /TimeBasedWindow/],
		["a batch of no message", "CountBasedWindow: 100", "CountBasedWindow: 0", /CountBasedWindow/],
		[
			"a dead-letter ARN of another service",
			"Arn: acs:mns",
			"Arn: acs:oss",
			/deadLetterQueue\.Arn/,
		],
		["a destination that is no ARN", "destination: acs:mns", "destination: mns", /onFailure/],
		["a reserved variable", "LOG_LEVEL:", "FC_ENDPOINT:", /FC_ENDPOINT/],
		[
			"a variable that is not a text",
			"SYNC_TIMEOUT_SECONDS: ${",
			"X: 5 #",
			/environmentVariables\.X/,
		],
		["more memory than the processor allows", "memorySize: 512", "memorySize: 4096", /cpu/],
		["memory that is no multiple of 64", "memorySize: 512", "memorySize: 500", /memorySize/],
		["a processor that is no multiple of 0.05", "cpu: 0.5", "cpu: 0.52", /cpu/],
		["a disk of 1 GB", "diskSize: 512", "diskSize: 1024", /diskSize/],
		["a runtime that is not offered", "runtime: custom.debian10", "runtime: nodejs22", /runtime/],
		["an unknown reference", "resources.worker.props", "resources.walker.props", /WORKER_FUNCTION/],
		["more than 4 KB of variables", "'info'", `'${"x".repeat(4_096)}'`, /environmentVariables/],
		[
			"more than 8 retries",
			"maxAsyncRetryAttempts: 3",
			"maxAsyncRetryAttempts: 9",
			/RetryAttempts/,
		],
	];

	it.each(cases)("%s", (_what, from, to, field) => {
		expect(text).toContain(from);
		const file = join(folder, "s.yaml");
		writeFileSync(file, text.replaceAll(from, to));
		expect(() => read(file)).toThrow(StackError);
		expect(() => read(file)).toThrow(field);
	});
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { parseCronExpression, readStack, type Stack, StackError } from "../../stack/index.ts";

let dir = "";
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), "thingcast-stack-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const BASE = `
edition: 3.0.0
name: things
vars:
  region: cn-shanghai
  memory: 256
resources:
  worker:
    component: fc3
    props:
      region: \${vars.region}
      functionName: things-worker
      runtime: nodejs20
      handler: index.handler
      code: ./dist/worker
      cpu: 0.1
      memorySize: \${vars.memory}
      diskSize: 512
      timeout: 60
      environmentVariables:
        LEVEL: \${env('LEVEL', 'info')}
        ENDPOINT: https://\${config('AccountID')}.\${vars.region}.example
      asyncInvokeConfig:
        asyncTask: true
        destinationConfig:
          onFailure:
            destination: acs:mns:\${vars.region}:\${config('AccountID')}:/queues/failed/messages
      concurrencyConfig:
        reservedConcurrency: \${env('CONCURRENCY', 20)}
  http:
    component: fc3
    props:
      region: \${resources.worker.props.region}
      functionName: things-http
      runtime: nodejs20
      handler: index.handler
      code: ./dist/http
      cpu: 0.1
      memorySize: 128
      diskSize: 512
      timeout: 60
      environmentVariables:
        WORKER: \${resources.worker.props.functionName}
      triggers:
        - triggerName: web
          triggerType: http
          triggerConfig: { authType: anonymous, methods: [GET, POST] }
`;

function read(text: string, env: Record<string, string> = {}): Stack {
	const path = join(dir, "s.yaml");
	writeFileSync(path, text);
	return readStack(path, { env, accountId: "42", region: "cn-shanghai" });
}

/** The mistakes of the base document after `change`. */
function mistakes(change: (document: Document) => void, env: Record<string, string> = {}) {
	const document = parse(BASE) as Document;
	change(document);
	try {
		read(stringify(document), env);
	} catch (error) {
		if (error instanceof StackError) return error.mistakes;
		throw error;
	}
	return [];
}

type Props = Record<string, unknown>;
interface Document {
	[key: string]: unknown;
	resources: Record<string, { component: string; props: Props }>;
}

function worker(document: Document): Props {
	return document.resources["worker"]?.props ?? {};
}

describe("s.yaml", () => {
	it("is read with its variables resolved, numbers remaining numbers", () => {
		const stack = read(BASE, { LEVEL: "debug" });
		expect(stack.functions).toEqual([
			{
				resource: "worker",
				functionName: "things-worker",
				description: "",
				runtime: "nodejs20",
				handler: "index.handler",
				code: "./dist/worker",
				cpu: 0.1,
				memoryMb: 256,
				diskMb: 512,
				timeoutSeconds: 60,
				environment: { LEVEL: "debug", ENDPOINT: "https://42.cn-shanghai.example" },
				async: {
					task: true,
					maxEventAgeSeconds: 86_400,
					maxRetryAttempts: 3,
					onFailure: { type: "queue", queue: "failed" },
				},
				reservedConcurrency: 20,
				triggers: [],
			},
			expect.objectContaining({
				functionName: "things-http",
				environment: { WORKER: "things-worker" },
				triggers: [{ type: "http", name: "web", authType: "anonymous", methods: ["GET", "POST"] }],
			}),
		]);
		expect(read(BASE, { CONCURRENCY: "3" }).functions[0]?.reservedConcurrency).toBe(3);
	});

	it("names everything that is not resolved, with its place", () => {
		const found = mistakes((document) => {
			const props = worker(document);
			props["timeout"] = `\${vars.timeout}`;
			props["environmentVariables"] = {
				A: `\${env('MISSING')}`,
				B: `x-\${resources.nobody.props.functionName}-y`,
				C: `\${config('Password')}`,
				D: `\${file('secret')}`,
			};
		});
		expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual([
			`resources.worker.props.timeout: \${vars.timeout} is not defined`,
			`resources.worker.props.environmentVariables.A: \${env('MISSING')}: the environment has no MISSING, and there is no default`,
			`resources.worker.props.environmentVariables.B: \${resources.nobody.props.functionName} is not defined`,
			`resources.worker.props.environmentVariables.C: \${config('Password')} is not known to the local cloud`,
			`resources.worker.props.environmentVariables.D: \${file('secret')} is not an expression that can be resolved here`,
		]);
	});

	it("does not follow references in a circle", () => {
		const found = mistakes((document) => {
			document["vars"] = { region: `\${vars.other}`, other: `\${vars.region}`, memory: 256 };
		});
		expect(found.some(({ message }) => message.includes("refers to itself"))).toBe(true);
	});

	it.each<[string, (props: Props) => void, string]>([
		["a misspelt key", (props) => Object.assign(props, { memmorySize: 1 }), "memmorySize"],
		[
			"a runtime that fc3 refuses",
			(props) => Object.assign(props, { runtime: "nodejs22" }),
			"runtime",
		],
		[
			"memory not in steps of 64",
			(props) => Object.assign(props, { memorySize: 200 }),
			"memorySize",
		],
		["cpu not in steps of 0.05", (props) => Object.assign(props, { cpu: 0.12 }), "cpu"],
		["cpu beyond the memory", (props) => Object.assign(props, { cpu: 2 }), "cpu"],
		["a timeout beyond a day", (props) => Object.assign(props, { timeout: 86_401 }), "timeout"],
		["a disk of another size", (props) => Object.assign(props, { diskSize: 1024 }), "diskSize"],
		[
			"a reserved variable",
			(props) => Object.assign(props, { environmentVariables: { FC_ENDPOINT: "x" } }),
			"environmentVariables.FC_ENDPOINT",
		],
		[
			"a variable that is no text",
			(props) => Object.assign(props, { environmentVariables: { LIMIT: 500 } }),
			"environmentVariables.LIMIT",
		],
		[
			"variables above 4 KB",
			(props) => Object.assign(props, { environmentVariables: { A: "a".repeat(4096) } }),
			"environmentVariables",
		],
		[
			"too many retries",
			(props) => Object.assign(props, { asyncInvokeConfig: { maxAsyncRetryAttempts: 9 } }),
			"asyncInvokeConfig.maxAsyncRetryAttempts",
		],
		[
			"a destination that is no ARN",
			(props) =>
				Object.assign(props, {
					asyncInvokeConfig: { destinationConfig: { onFailure: { destination: "failed" } } },
				}),
			"asyncInvokeConfig.destinationConfig.onFailure.destination",
		],
		[
			"a destination that is not in the file",
			(props) =>
				Object.assign(props, {
					asyncInvokeConfig: {
						destinationConfig: { onFailure: { destination: "acs:fc:cn-shanghai:42:functions/no" } },
					},
				}),
			"asyncInvokeConfig.destinationConfig.onFailure.destination",
		],
		["another region", (props) => Object.assign(props, { region: "cn-beijing" }), "region"],
	])("refuses %s", (_, change, path) => {
		const found = mistakes((document) => change(worker(document)));
		expect(found.map((mistake) => mistake.path)).toContain(`resources.worker.props.${path}`);
	});

	it.each<[string, object, string]>([
		["a method that there is not", http({ methods: ["FETCH"] }), "triggerConfig.methods[0]"],
		["an unknown key of HTTP", http({ auth: "anonymous" }), "triggerConfig.auth"],
		["four fields", timer({ cronExpression: "0 4 * *" }), "triggerConfig.cronExpression"],
		["seconds", timer({ cronExpression: "*/5 * * * * *" }), "triggerConfig.cronExpression"],
		["@every 30s", timer({ cronExpression: "@every 30s" }), "triggerConfig.cronExpression"],
		[
			"nonsense in a field",
			timer({ cronExpression: "0 61 * * * *" }),
			"triggerConfig.cronExpression",
		],
		["a payload that is no text", timer({ payload: { a: 1 } }), "triggerConfig.payload"],
		["a timer without enable", timer({ enable: undefined }), "triggerConfig.enable"],
		[
			"too large a batch",
			stream({ CountBasedWindow: 10_001 }),
			"triggerConfig.runOptions.batchWindow.CountBasedWindow",
		],
		[
			"too long a window",
			stream({ TimeBasedWindow: 16 }),
			"triggerConfig.runOptions.batchWindow.TimeBasedWindow",
		],
		[
			"a misspelt window",
			stream({ CountWindow: 1 }),
			"triggerConfig.runOptions.batchWindow.CountWindow",
		],
		["an unknown type", { triggerName: "t", triggerType: "ftp", triggerConfig: {} }, "triggerType"],
	])("refuses a trigger with %s", (_, trigger, path) => {
		const found = mistakes((document) => {
			worker(document)["triggers"] = [trigger];
		});
		expect(found.map((mistake) => mistake.path)).toEqual([
			`resources.worker.props.triggers[0].${path}`,
		]);
	});

	it("reads timer and queue triggers into values", () => {
		const document = parse(BASE) as Document;
		worker(document)["triggers"] = [timer({}), stream({})];
		expect(read(stringify(document)).functions[0]?.triggers).toEqual([
			{
				type: "timer",
				name: "t",
				cronExpression: "CRON_TZ=Asia/Shanghai 0 0 4 * * *",
				enabled: true,
				payload: "p",
			},
			{
				type: "eventbridge",
				name: "q",
				enabled: true,
				asynchronous: false,
				queue: "incoming",
				decodeBase64: true,
				batchCount: 10,
				batchSeconds: 3,
				errorsTolerance: "ALL",
				retry: "BACKOFF_RETRY",
				deadLetterQueue: "dead",
			},
		]);
	});

	it("says so when it is no YAML, or names are used twice", () => {
		expect(() => read("a: [")).toThrow(StackError);
		expect(() => read("just text")).toThrow(StackError);
		const twice = mistakes((document) => {
			worker(document)["functionName"] = "things-http";
		});
		expect(twice).toEqual([
			{ path: "resources.http.props.functionName", message: "is the name of another function" },
		]);
	});
});

it("a step after a number counts from that number on", () => {
	const next = parseCronExpression("15 20/30 * * * *", 0);
	const first = next(0) ?? 0;
	expect([first, next(first)]).toEqual([(20 * 60 + 15) * 1_000, (50 * 60 + 15) * 1_000]);
});

function http(config: object): object {
	return {
		triggerName: "h",
		triggerType: "http",
		triggerConfig: { authType: "anonymous", methods: ["GET"], ...config },
	};
}

function timer(config: object): object {
	const cronExpression = "CRON_TZ=Asia/Shanghai 0 0 4 * * *";
	return {
		triggerName: "t",
		triggerType: "timer",
		triggerConfig: { cronExpression, enable: true, payload: "p", ...config },
	};
}

function stream(batchWindow: object): object {
	return {
		triggerName: "q",
		triggerType: "eventbridge",
		triggerConfig: {
			triggerEnable: true,
			asyncInvocationType: false,
			eventRuleFilterPattern: "{}",
			eventSinkConfig: { deliveryOption: { eventSchema: "CloudEvents" } },
			eventSourceConfig: {
				eventSourceType: "MNS",
				eventSourceParameters: {
					sourceMNSParameters: {
						RegionId: "cn-shanghai",
						QueueName: "incoming",
						IsBase64Decode: true,
					},
				},
			},
			runOptions: {
				mode: "event-streaming",
				errorsTolerance: "ALL",
				retryStrategy: { PushRetryStrategy: "BACKOFF_RETRY" },
				deadLetterQueue: { Arn: "acs:mns:cn-shanghai:42:/queues/dead" },
				batchWindow: { CountBasedWindow: 10, TimeBasedWindow: 3, ...batchWindow },
			},
		},
	};
}

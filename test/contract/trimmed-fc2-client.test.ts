import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bothClients, type Clients } from "../support/trimmed/clients.ts";
import { outcomeOf } from "../support/trimmed/outcome.ts";
import {
	type Answer,
	answered,
	brokenOff,
	RESET,
	type Recorder,
	SILENCE,
	startRecorder,
} from "../support/trimmed/recorder.ts";

interface Client {
	version: string;
	post(path: string, body: Buffer, headers: object, query: object): Promise<unknown>;
	invokeFunction(
		service: string,
		name: string,
		body: Buffer,
		headers: object,
		qualifier: string,
	): Promise<unknown>;
}
type Fc2 = new (accountId: string, config: object) => Client;

const BODY = Buffer.from('{"commands":["ä"]}');
const HEADERS = { "x-fc-invocation-type": "Async", "x-fc-async-delay": "5" };
const SILENT_MS = 150;

/** Both ways in which the worker is invoked. */
const CALLS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
	"a function of the 3.0 edition": (client) => {
		client.version = "2023-03-30";
		return client.post("/functions/worker/invocations", BODY, HEADERS, {});
	},
	"a function of the 3.0 edition, by qualifier": (client) => {
		client.version = "2023-03-30";
		return client.post("/functions/worker/invocations", BODY, HEADERS, { qualifier: "LATEST" });
	},
	"a function of the 2.0 edition": (client) =>
		client.invokeFunction("things", "worker", BODY, HEADERS, "LATEST"),
};

const json = (status: number, body: object): Answer =>
	answered(status, JSON.stringify(body), {
		"content-type": "application/json",
		"x-fc-request-id": "r",
	});

const ANSWERS: Readonly<Record<string, Answer>> = {
	acceptance: answered(202, "", { "x-fc-request-id": "r" }),
	"a duplicate": json(409, {
		ErrorCode: "StatefulAsyncInvocationAlreadyExists",
		ErrorMessage: "no",
	}),
	throttling: json(429, { ErrorCode: "ResourceExhausted", ErrorMessage: "no" }),
	"a denial": json(403, { ErrorCode: "AccessDenied", ErrorMessage: "no" }),
	"an error of the platform": json(503, { errorMessage: "later" }),
	"a web page": answered(502, "<html>", { "content-type": "text/html" }),
	"half of an object": answered(500, '{"ErrorCode":'),
	"nothing that is called JSON": answered(202, ""),
	"an answer that breaks off": brokenOff(json(202, { a: "b" })),
	"a reset": RESET,
	silence: SILENCE,
};

describe("the trimmed client of Function Compute", () => {
	let clients: Clients;
	let recorder: Recorder;
	beforeAll(async () => {
		clients = await bothClients();
		recorder = await startRecorder();
		vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01T12:00:00.123Z") });
	});
	afterAll(async () => {
		vi.useRealTimers();
		await recorder.close();
	});

	async function compare(call: (client: Client) => Promise<unknown>, keys: object, answer: Answer) {
		const run = async (of: Clients["whole"]) => {
			const Fc2 = of("@alicloud/fc2") as Fc2;
			const client = new Fc2("1", {
				...keys,
				region: "cn-shanghai",
				secure: true,
				timeout: answer === SILENCE ? SILENT_MS : 5_000,
				endpoint: `http://127.0.0.1:${recorder.port}`,
			});
			recorder.answerWith(() => answer);
			return { outcome: await outcomeOf(() => call(client)), requests: recorder.taken() };
		};
		const whole = await run(clients.whole);
		expect(await run(clients.trimmed)).toEqual(whole);
		expect(whole.requests).toHaveLength(1);
		return whole;
	}

	describe.each(Object.entries(CALLS))("invoking %s", (_, call) => {
		it("signs and sends the same bytes with an access key", async () => {
			const keys = { accessKeyID: "LTAI", accessKeySecret: "secret" };
			const { requests } = await compare(call, keys, json(202, { a: [1] }));
			expect(requests[0]).toMatch(/authorization: FC LTAI:/);
		});

		it("signs and sends the same bytes with temporary credentials", async () => {
			const keys = { accessKeyID: "STS.1", accessKeySecret: "secret", securityToken: "t/+=" };
			const { requests } = await compare(call, keys, json(202, {}));
			expect(requests[0]).toContain("x-fc-security-token: t/+=");
		});

		it.each(Object.entries(ANSWERS))("reads %s alike", async (_, answer) => {
			await compare(call, { accessKeyID: "LTAI", accessKeySecret: "secret" }, answer);
		});
	});

	it("refuses what it was cut of, by name", () => {
		const trimmed = clients.trimmed("@alicloud/fc2") as { prototype: object };
		const names = Object.getOwnPropertyNames(trimmed.prototype);
		expect(names).toContain("invokeFunction");
		expect(names).not.toContain("createFunction");
		expect(names).not.toContain("websocket");
	});
});

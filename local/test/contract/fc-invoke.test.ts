import { createHash, createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import {
	account,
	type Fc2Client,
	fc2Client,
	fc3,
	fc3Client,
	type Running,
	startFixture,
} from "../support/fc/start.ts";

const { GetFunctionRequest, InvokeFunctionRequest, ListFunctionsRequest } = fc3;

let running: Running;
let client: Fc2Client;

beforeAll(async () => {
	running = await startFixture();
	client = running.client;
});
afterAll(() => running.close());

function command(action: string, more: object = {}): string {
	return JSON.stringify({ action, ...more });
}

describe("synchronous invocation", () => {
	it("by @alicloud/fc2 in the 2016-08-15 edition gives the function's bytes", async () => {
		const event = Buffer.from([0, 255, 1, 254]);
		const answer = await client.invokeFunction("any", "echo", event, {}, "LATEST", {
			rawBuf: true,
		});
		expect(answer.data).toEqual(event);
		expect(answer.headers["x-fc-request-id"]).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{16}-[0-9a-f]{12}$/);
		expect(answer.headers["x-fc-error-type"]).toBeUndefined();
	});

	it("by @alicloud/fc2 with the path of 2023-03-30", async () => {
		const newer = fc2Client(running.fc.url);
		newer.version = "2023-03-30";
		const answer = await newer.post(
			"/functions/echo/invocations",
			"hello",
			{},
			{
				qualifier: "LATEST",
			},
		);
		expect(answer.data).toBe("hello");
	});

	it("by @alicloud/fc20230330, signed with ACS3-HMAC-SHA256", async () => {
		const sdk = fc3Client(running.fc.url);
		const answer = await sdk.invokeFunction(
			"echo",
			new InvokeFunctionRequest({
				body: Readable.from([Buffer.from("grüße")]),
				qualifier: "LATEST",
			}),
		);
		expect(answer.statusCode).toBe(200);
		expect(await text(answer.body)).toBe("grüße");
	});

	it("takes temporary credentials by either signature", async () => {
		const keys = account.issueTemporary(systemClock.now() + 60_000);
		const classic = await fc2Client(running.fc.url, keys).invokeFunction("any", "echo", "a");
		expect(classic.data).toBe("a");
		const newer = await fc3Client(running.fc.url, keys).invokeFunction(
			"echo",
			new InvokeFunctionRequest({ body: Readable.from([Buffer.from("b")]) }),
		);
		expect(await text(newer.body)).toBe("b");
	});

	it("makes JSON of objects and leaves texts as they are", async () => {
		const object = await client.invokeFunction("any", "echo", command("count"));
		expect(JSON.parse(String(object.data))).toMatchObject({ initialized: true });
		const plain = await client.invokeFunction("any", "echo", command("text", { value: "wörter" }));
		expect(plain.data).toBe("wörter");
		const nothing = await client.invokeFunction("any", "echo", command("text"));
		expect(nothing.data).toBe("");
	});

	it("hands a throw over as an envelope under 200", async () => {
		const answer = await client.invokeFunction("any", "echo", command("throw"));
		expect(answer.headers["x-fc-error-type"]).toBe("UnhandledInvocationError");
		expect(answer.data).toMatchObject({
			errorMessage: "out of luck",
			errorType: "RangeError",
			stackTrace: [expect.stringContaining("index.js"), ...anyTrace(answer.data).slice(1)],
		});
	});

	it("knows handlers with a callback", async () => {
		const good = await client.invokeFunction("any", "callback", "you");
		expect(good.data).toBe("called back: you");
		const bad = await client.invokeFunction("any", "callback", "fail");
		expect(bad.headers["x-fc-error-type"]).toBe("HandledInvocationError");
		expect(bad.data).toMatchObject({ errorMessage: "handled" });
	});

	it("gives the documented context and environment, and nothing of its own", async () => {
		const answer = await client.invokeFunction("any", "echo", command("context"));
		const { context, env, isBuffer, hasLogger } = JSON.parse(String(answer.data));
		expect({ isBuffer, hasLogger }).toEqual({ isBuffer: true, hasLogger: true });
		expect(context).toEqual({
			requestId: answer.headers["x-fc-request-id"],
			credentials: {
				accessKeyId: expect.stringMatching(/^STS\./),
				accessKeySecret: expect.any(String),
				securityToken: expect.any(String),
			},
			function: { name: "echo", handler: "index.handler", memory: 128, timeout: 5 },
			service: { logProject: "", logStore: "", qualifier: "LATEST", versionId: "" },
			region: "cn-shanghai",
			accountId: account.accountId,
		});
		expect(env).toMatchObject({
			GREETING: "hello",
			FC_FUNCTION_NAME: "echo",
			FC_REGION: "cn-shanghai",
			FC_ACCOUNT_ID: account.accountId,
			FC_FUNCTION_MEMORY_SIZE: "128",
			FC_INSTANCE_ID: answer.headers["x-fc-instance-id"],
			FC_ENDPOINT: running.fc.url,
			ALIBABA_CLOUD_ACCESS_KEY_ID: context.credentials.accessKeyId,
			TZ: "UTC",
		});
		expect(env).not.toHaveProperty("VITEST");
		const keys = {
			accessKeyId: env.ALIBABA_CLOUD_ACCESS_KEY_ID,
			accessKeySecret: env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
			securityToken: env.ALIBABA_CLOUD_SECURITY_TOKEN,
		};
		const again = await fc2Client(running.fc.url, keys).invokeFunction("any", "echo", "mine");
		expect(again.data).toBe("mine");
	});

	it("returns the end of the log on x-fc-log-type: Tail", async () => {
		const answer = await client.invokeFunction("any", "echo", command("log"), {
			"x-fc-log-type": "Tail",
		});
		const id = answer.headers["x-fc-request-id"];
		const log = Buffer.from(answer.headers["x-fc-log-result"] ?? "", "base64").toString();
		const lines = log.trimEnd().split("\n");
		expect(lines.map((line) => line.replace(/^\S+ /, ""))).toEqual([
			`${id} [verbose] first line`,
			`${id} [verbose] second line`,
			`${id} [warn] through the logger`,
			`${id} [stdout] straight to stdout`,
		]);
		expect(running.logs).toContain(`echo ${id} through the logger`);
	});

	it("carries bodies of megabytes", async () => {
		const event = Buffer.alloc(20 * 1024 * 1024, "0123456789");
		const answer = await client.invokeFunction("any", "echo", event, {}, "LATEST", {
			rawBuf: true,
		});
		expect(Buffer.compare(answer.data as Buffer, event)).toBe(0);
	});
});

describe("what is refused", () => {
	it.each([
		["an unknown function", "nobody", "LATEST", 404, "FunctionNotFound"],
		["an unknown version", "echo", "7", 404, "VersionNotFound"],
	])("%s", async (_, name, qualifier, status, code) => {
		const call = client.invokeFunction("any", name, "x", {}, qualifier);
		await expect(call).rejects.toMatchObject({
			code,
			message: expect.stringContaining(`failed with ${status}`),
		});
	});

	it("a wrong secret, an unknown key, an expired and a foreign token", async () => {
		const wrong = { ...account.root, accessKeySecret: "guessed" };
		await expect(
			fc2Client(running.fc.url, wrong).invokeFunction("s", "echo", "x"),
		).rejects.toMatchObject({ code: "SignatureNotMatch" });
		await expect(
			fc3Client(running.fc.url, wrong).invokeFunction("echo", new InvokeFunctionRequest({})),
		).rejects.toMatchObject({ code: "SignatureNotMatch" });
		const unknown = { ...account.root, accessKeyId: "LTAI-nobody" };
		await expect(
			fc2Client(running.fc.url, unknown).invokeFunction("s", "echo", "x"),
		).rejects.toMatchObject({ code: "InvalidAccessKeyID" });
		const expired = account.issueTemporary(systemClock.now() - 1);
		await expect(
			fc2Client(running.fc.url, expired).invokeFunction("s", "echo", "x"),
		).rejects.toMatchObject({ code: "InvalidSecurityToken" });
		const other = account.issueTemporary(systemClock.now() + 60_000);
		const mixed = { ...other, securityToken: expired.securityToken };
		await expect(
			fc2Client(running.fc.url, mixed).invokeFunction("s", "echo", "x"),
		).rejects.toMatchObject({ code: "InvalidSecurityToken" });
	});

	it("no signature, an unreadable one, an old date, an unknown path, noise", async () => {
		const path = `${running.fc.url}/2023-03-30/functions/echo/invocations`;
		expect(await refusal(path, {})).toEqual([400, "MissingRequiredHeader"]);
		const signed = { authorization: "FC a:b" };
		expect(await refusal(path, { authorization: "Bearer x" })).toEqual([400, "InvalidArgument"]);
		expect(await refusal(path, signed)).toEqual([400, "MissingRequiredHeader"]);
		const old = { ...signed, date: new Date(systemClock.now() - 16 * 60_000).toUTCString() };
		expect(await refusal(path, old)).toEqual([403, "RequestTimeTooSkewed"]);
		await expect(client.get("/nowhere")).rejects.toMatchObject({ code: "PathNotSupported" });
		await expect(client.post("/services/s/functions/%ff/invocations", "x")).rejects.toMatchObject({
			code: "InvalidArgument",
		});
	});

	const BODY = "the body that is sent";
	const withDigest = (md5: string) => {
		const date = new Date(systemClock.now()).toUTCString();
		const path = "/2023-03-30/functions/echo/invocations";
		const signature = createHmac("sha256", account.root.accessKeySecret)
			.update(`POST\n${md5}\ntext/plain\n${date}\n${path}`)
			.digest("base64");
		const headers = {
			authorization: `FC ${account.root.accessKeyId}:${signature}`,
			date,
			"content-md5": md5,
			"content-type": "text/plain",
		};
		return fetch(running.fc.url + path, { method: "POST", headers, body: BODY });
	};

	it("no digest in one of the three forms that vendors' clients send", async () => {
		const hex = createHash("md5").update(BODY).digest("hex");
		const forms = [
			hex,
			Buffer.from(hex).toString("base64"),
			Buffer.from(hex, "hex").toString("base64"),
		];
		for (const form of forms) expect((await withDigest(form)).status).toBe(200);
	});

	it("a body that is not the one that was signed", async () => {
		const md5 = createHash("md5").update("another body").digest("base64");
		const response = await withDigest(md5);
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			ErrorCode: "InvalidArgument",
			ErrorMessage: expect.stringContaining("MD5"),
		});
	});

	it("an invocation type that there is not", async () => {
		const call = client.invokeFunction("s", "echo", "x", { "x-fc-invocation-type": "Later" });
		await expect(call).rejects.toMatchObject({ code: "InvalidArgument" });
	});

	it("an asynchronous payload above 128 KB, before anything is stored", async () => {
		const call = client.invokeFunction("any", "echo", Buffer.alloc(128 * 1024 + 1), {
			"x-fc-invocation-type": "Async",
		});
		await expect(call).rejects.toMatchObject({
			code: "EntityTooLarge",
			message: expect.stringContaining("131072"),
		});
	});
});

describe("reading", () => {
	it("in the shapes of 2016-08-15, page by page", async () => {
		const path = "/services/any/functions";
		const page = (await client.get(path, { limit: "2", startKey: "echo" })).data as {
			functions: Array<{ functionName: string; functionId: string; codeChecksum: string }>;
			nextToken: string;
		};
		expect(page.functions.map(({ functionName }) => functionName)).toEqual(["echo", "queue"]);
		expect(page.nextToken).toBe("queue");
		const one = (await client.get(`${path}/echo`)).data;
		expect(one).toMatchObject({ functionName: "echo", functionId: "echo", codeChecksum: "0" });
		expect(one).not.toHaveProperty("functionArn");
	});

	it("lists and describes the functions of s.yaml", async () => {
		const sdk = fc3Client(running.fc.url);
		const one = await sdk.getFunction("single", new GetFunctionRequest({}));
		expect(one.body).toMatchObject({ functionName: "single", runtime: "nodejs20", timeout: 1 });
		const first = await sdk.listFunctions(new ListFunctionsRequest({ limit: 4 }));
		const rest = await sdk.listFunctions(
			new ListFunctionsRequest({ limit: 4, nextToken: first.body?.nextToken ?? "" }),
		);
		const names = [first, rest].flatMap((page) =>
			(page.body?.functions ?? []).map((found: { functionName?: string }) => found.functionName),
		);
		expect(names).toEqual([
			"callback",
			"echo",
			"queue",
			"server",
			"signed",
			"single",
			"ticking",
			"web",
		]);
	});
});

async function refusal(url: string, headers: Record<string, string>): Promise<[number, string]> {
	const response = await fetch(url, { method: "POST", headers, body: "x" });
	expect(response.headers.get("x-fc-request-id")).toBeTruthy();
	const body = (await response.json()) as { ErrorCode: string; Code: string };
	expect(body.Code).toBe(body.ErrorCode);
	return [response.status, body.ErrorCode];
}

async function text(body: unknown): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks).toString();
}

function anyTrace(data: unknown): string[] {
	return (data as { stackTrace: string[] }).stackTrace;
}

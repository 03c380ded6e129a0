import { createHmac } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../clock/clock.ts";
import { account, type Running, startFixture } from "../support/fc/start.ts";

let running: Running;
let url: string;

beforeAll(async () => {
	running = await startFixture();
	url = running.fc.httpUrl;
});
afterAll(() => running.close());

type Event = Record<string, unknown> & {
	headers: Record<string, string>;
	requestContext: Record<string, unknown> & { http: Record<string, unknown> };
};

async function event(path: string, init: RequestInit = {}): Promise<Event> {
	const response = await fetch(url + path, init);
	expect(response.status).toBe(200);
	return (await response.json()) as Event;
}

function answering(answer: unknown): RequestInit {
	return { headers: { "x-answer": JSON.stringify(answer) } };
}

describe("the event", () => {
	it("has the documented shape", async () => {
		const seen = await event("/a%20b/c?x=1&y=2&x=3&z", {
			headers: { "user-agent": "tests/1", "x-one": "1" },
		});
		const { host } = new URL(url);
		expect(seen).toEqual({
			version: "v1",
			rawPath: "/a%20b/c",
			body: "",
			isBase64Encoded: false,
			headers: expect.objectContaining({ Host: host, "User-Agent": "tests/1", "X-One": "1" }),
			queryParameters: { x: "1,3", y: "2", z: "" },
			requestContext: {
				accountId: account.accountId,
				domainName: host,
				domainPrefix: "127",
				http: {
					method: "GET",
					path: "/a b/c",
					protocol: "HTTP/1.1",
					sourceIp: "127.0.0.1",
					userAgent: "tests/1",
				},
				requestId: expect.stringMatching(/^1-/),
				time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
				timeEpoch: expect.stringMatching(/^\d{13}$/),
			},
		});
	});

	it.each([
		["application/json", Buffer.from('{"a":"ü"}'), false],
		["text/plain; charset=utf-8", Buffer.from("plain"), false],
		["application/vnd.api+json", Buffer.from("{}"), false],
		["text/plain", Buffer.from([0x61, 0xff]), true],
		["application/octet-stream", Buffer.from("bytes"), true],
		["image/png", Buffer.from([1, 2, 3]), true],
	])("with a body of %s", async (type, body, base64) => {
		const seen = await event("/", { method: "POST", body, headers: { "content-type": type } });
		expect(seen["isBase64Encoded"]).toBe(base64);
		expect(Buffer.from(String(seen["body"]), base64 ? "base64" : "utf8")).toEqual(body);
	});

	it("joins headers of one name by commas", async () => {
		const body = await new Promise<string>((resolve, reject) => {
			const sent = request(url, { headers: { "X-Many": ["a", "b"] } }, (response) => {
				response.setEncoding("utf8");
				let text = "";
				response.on("data", (chunk: string) => {
					text += chunk;
				});
				response.on("end", () => resolve(text));
			});
			sent.on("error", reject);
			sent.end();
		});
		expect((JSON.parse(body) as Event).headers["X-Many"]).toBe("a,b");
	});
});

describe("the response", () => {
	it("is what the function says: status, headers, bytes", async () => {
		const body = Buffer.from([1, 2, 250, 251]);
		const response = await fetch(`${url}/echo-body`, {
			method: "POST",
			body,
			headers: { "content-type": "image/png" },
		});
		expect(response.status).toBe(201);
		expect(response.headers.get("content-type")).toBe("image/png");
		expect(response.headers.get("x-many")).toBe("a, b");
		expect(response.headers.get("x-fc-request-id")).toMatch(/^1-/);
		expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
	});

	it("of JSON without a statusCode is a 200 with that JSON", async () => {
		const response = await fetch(url, answering({ hello: "you" }));
		expect(response.status).toBe(200);
		expect(response.headers.get("content-type")).toBe("application/json");
		expect(await response.json()).toEqual({ hello: "you" });
	});

	it("of plain words is a 200 with those", async () => {
		const response = await fetch(`${url}/text`);
		expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
		expect(await response.text()).toBe("plain words");
	});

	it("keeps the platform's own headers from the function", async () => {
		const headers = { "content-length": "1", connection: "close", "x-fc-request-id": "mine" };
		const response = await fetch(url, answering({ statusCode: 200, headers, body: "whole" }));
		expect(await response.text()).toBe("whole");
		expect(response.headers.get("x-fc-request-id")).not.toBe("mine");
	});

	it("to HEAD has no body", async () => {
		const response = await fetch(`${url}/text`, { method: "HEAD" });
		expect(response.headers.get("content-length")).toBe("11");
		expect(await response.text()).toBe("");
	});

	it("of a function that throws is a 502 with its envelope", async () => {
		const response = await fetch(url, { headers: { "x-answer": "throw" } });
		expect(response.status).toBe(502);
		expect(response.headers.get("x-fc-error-type")).toBe("UnhandledInvocationError");
		expect(await response.json()).toMatchObject({ errorMessage: "broken", errorType: "Error" });
	});

	it.each([
		[{ statusCode: "200" }],
		[{ statusCode: 99 }],
		[{ statusCode: 200, headers: { "bad name": "x" } }],
		[{ statusCode: 200, headers: { good: "line\nbreak" } }],
		[{ statusCode: 200, isBase64Encoded: true, body: "not base64!" }],
	])("that cannot be one, %j, is a 502", async (answer) => {
		const response = await fetch(url, answering(answer));
		expect(response.status).toBe(502);
		expect(await response.json()).toHaveProperty("errorMessage");
	});
});

describe("what is refused", () => {
	it("a method that s.yaml does not list", async () => {
		const response = await fetch(url, { method: "DELETE" });
		expect(response.status).toBe(403);
		expect(response.headers.get("x-fc-error-type")).toBe("FcCommonError");
	});

	it("too long a path, too large headers", async () => {
		expect((await fetch(`${url}/${"a".repeat(4 * 1024)}`)).status).toBe(400);
		const headers = { "x-large": "a".repeat(8 * 1024) };
		expect((await fetch(url, { headers })).status).toBe(400);
	});

	it("a body above 32 MB", async () => {
		const response = await fetch(url, {
			method: "POST",
			body: Buffer.alloc(32 * 1024 * 1024 + 1),
			headers: { "content-type": "text/plain" },
		});
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ ErrorCode: "EntityTooLarge" });
	});

	it("bytes that are not HTTP, a body that breaks off: the service lives on", async () => {
		const { port } = new URL(url);
		for (const noise of [
			"\0\xff\x17garbage\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nshort",
		]) {
			await new Promise<void>((resolve) => {
				const socket = connect(Number(port), "127.0.0.1", () => socket.end(noise, "latin1"));
				socket.on("error", () => {});
				socket.on("close", () => resolve());
				socket.resume();
			});
		}
		expect((await fetch(`${url}/text`)).status).toBe(200);
	});
});

describe("authType: function", () => {
	it("wants a signature over path and query", async () => {
		const signedUrl = running.fc.httpUrls["signed"] ?? "";
		expect((await fetch(signedUrl)).status).toBe(400);
		const date = new Date(systemClock.now()).toUTCString();
		const sign = (lines: string) =>
			createHmac("sha256", account.root.accessKeySecret).update(lines).digest("base64");
		const good = sign(`GET\n\n\n${date}\n/a/b\nx=1\ny=2`);
		const headers = { date, authorization: `FC ${account.root.accessKeyId}:${good}` };
		expect((await fetch(`${signedUrl}/a/b?y=2&x=1`, { headers })).status).toBe(200);
		const other = await fetch(`${signedUrl}/a/b?y=2&x=2`, { headers });
		expect(other.status).toBe(403);
		expect(await other.json()).toMatchObject({ ErrorCode: "SignatureNotMatch" });
	});
});

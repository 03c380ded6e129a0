import { createHash, createHmac } from "node:crypto";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_CLOCK_SKEW_MS } from "../../mns/limits.ts";
import { codeOf, contentMd5, raw } from "../support/mns/raw-request.ts";
import { account, type Running, refusal, run } from "../support/mns/service.ts";

let running: Running;
beforeAll(async () => {
	running = await run();
});
afterAll(() => running.stop());

let queue = "";
let count = 0;
beforeEach(async () => {
	queue = `protocol-${count++}`;
	await running.client.createQueue(queue);
});

const XMLNS = 'xmlns="http://mns.aliyuncs.com/doc/v1/"';
const messageXml = (body: string) =>
	`<?xml version="1.0" encoding="utf-8"?><Message ${XMLNS}><MessageBody>${body}</MessageBody></Message>`;
const send = (body: string, options: { contentType?: string; xml?: string } = {}) =>
	raw(running.service.url, {
		method: "POST",
		target: `/queues/${queue}/messages`,
		body: options.xml ?? messageXml(body),
		headers: { "content-type": options.contentType ?? "text/xml;charset=UTF-8" },
	});

describe("who may call", () => {
	it("is the account, by its long-term key and by temporary credentials", async () => {
		const temporary = account.issueTemporary(Date.now() + 60_000);
		const client = running.clientFor(temporary);
		expect((await client.sendMessage(queue, { MessageBody: "by STS" })).code).toBe(201);
		const { securityToken, ...withoutToken } = temporary;
		expect(securityToken).toBeTruthy();
		const call = running.clientFor(withoutToken).peekMessage(queue);
		expect(await refusal(call)).toBe("AccessDenied");
		const expired = running.clientFor(account.issueTemporary(Date.now() - 1));
		expect(await refusal(expired.peekMessage(queue))).toBe("AccessDenied");
	});

	it("is no one with a wrong secret or an unknown key", async () => {
		const wrong = running.clientFor({ ...account.root, accessKeySecret: "wrong" });
		expect(await refusal(wrong.peekMessage(queue))).toBe("SignatureDoesNotMatch");
		const unknown = running.clientFor({ ...account.root, accessKeyId: "LTAI-unknown" });
		expect(await refusal(unknown.peekMessage(queue))).toBe("InvalidAccessKeyId");
	});

	it("is told what is missing or malformed", async () => {
		const target = `/queues/${queue}`;
		const late = new Date(Date.now() - MAX_CLOCK_SKEW_MS - 60_000).toUTCString();
		const cases: [number, string, Partial<Parameters<typeof raw>[1]>][] = [
			[400, "MissingAuthorizationHeader", { without: ["authorization"] }],
			[400, "InvalidAuthorizationHeader", { authorization: "Bearer key" }],
			[400, "InvalidAuthorizationHeader", { authorization: "MNS keyonly" }],
			[400, "MissingVersionHeader", { without: ["x-mns-version"] }],
			[400, "MissingDateHeader", { without: ["date"] }],
			[400, "InvalidDateHeader", { headers: { date: "yesterday" } }],
			[408, "TimeExpired", { headers: { date: late } }],
			[400, "InvalidDegist", { method: "PUT", body: "<Queue/>", headers: { "content-md5": "x" } }],
		];
		for (const [status, code, options] of cases) {
			const answer = await raw(running.service.url, { target, ...options });
			expect([answer.status, codeOf(answer)]).toEqual([status, code]);
		}
	});

	it("may give the date as x-mns-date", async () => {
		const headers = { "x-mns-date": new Date().toUTCString() };
		const answer = await raw(running.service.url, { target: "/queues", headers });
		expect(answer.status).toBe(200);
	});
});

describe("other clients' ways", () => {
	it("handle and timeout by capitalized names, percent-encoded, as Go and Java send them", async () => {
		await running.client.sendMessage(queue, { MessageBody: "x" });
		const { ReceiptHandle } = (await running.client.receiveMessage(queue)).body;
		const handle = encodeURIComponent(ReceiptHandle);
		const changed = await raw(running.service.url, {
			method: "PUT",
			target: `/queues/${queue}/messages?ReceiptHandle=${handle}&VisibilityTimeout=60`,
		});
		expect(changed.status).toBe(200);
		const next = /<ReceiptHandle>(.+)<\/ReceiptHandle>/.exec(changed.body)?.[1] ?? "";
		const target = `/queues/${queue}/messages?ReceiptHandle=${encodeURIComponent(next)}`;
		expect((await raw(running.service.url, { method: "DELETE", target })).status).toBe(204);
	});

	it("a body of any text, escaped, in CDATA or with a namespace prefix", async () => {
		const text = '{"a":"<&>\'é😀"}\r\n\ttab';
		const escaped = text
			.replaceAll("&", "&amp;")
			.replaceAll("<", "&lt;")
			.replaceAll('"', "&quot;")
			.replaceAll("\r", "&#13;");
		const prefixed = `<m:Message xmlns:m="http://mns.aliyuncs.com/doc/v1"><m:MessageBody>${escaped}</m:MessageBody><m:Priority>2</m:Priority></m:Message>`;
		for (const answer of [
			await send(escaped, { contentType: "application/xml" }),
			await send("", { xml: prefixed }),
			await send(`<![CDATA[${text.replaceAll("\r", "")}]]>`),
		]) {
			expect(answer.status).toBe(201);
			expect(answer.headers["x-mns-request-id"]).toMatch(/^[0-9A-F]{24}$/);
			expect(answer.headers["x-mns-version"]).toBe("2015-06-06");
		}
		const { body } = await running.client.batchReceiveMessage(queue, 16);
		const withoutReturn = text.replaceAll("\r", "");
		expect(body.map((message) => message.MessageBody)).toEqual([text, text, withoutReturn]);
		const digest = createHash("md5").update(text).digest("hex").toUpperCase();
		expect(body[0]?.MessageBodyMD5).toBe(digest);
	});

	it("keep any body of printable text as it is", async () => {
		const character = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.constant('<&">'));
		await fc.assert(
			fc.asyncProperty(character, async (text) => {
				const { url } = running.service;
				running.service.queues.send(queue, text);
				const peeked = await raw(url, { target: `/queues/${queue}/messages?peekonly=true` });
				expect(peeked.status).toBe(200);
				const { body } = await running.client.receiveMessage(queue);
				const normal = text.replace(/[^\P{Cc}\t\n\r]/gu, (control) =>
					control >= "\u007f" ? control : "\ufffd",
				);
				expect(body.MessageBody.trim()).toBe(normal.trim());
			}),
			{ numRuns: 60 },
		);
	});

	it("message properties, which come back as they were sent", async () => {
		const property = (name: string, value: string) =>
			`<PropertyValue><Name>${name}</Name><Value>${value}</Value><Type>STRING</Type></PropertyValue>`;
		const properties = `<UserProperties>${property("a", "1 &lt; 2")}${property("b", "x")}</UserProperties>`;
		await send("", {
			xml: `<Message ${XMLNS}><MessageBody>x</MessageBody>${properties}<MessageGroupId>g</MessageGroupId></Message>`,
		});
		const answer = await raw(running.service.url, { target: `/queues/${queue}/messages` });
		expect(answer.body.replace(/>\s+</g, "><")).toContain(properties);
		expect(answer.body).toContain("<MessageGroupId>g</MessageGroupId>");
	});

	it("an answer that is read element by element: handle, system's and then the user's properties", async () => {
		const property = "<PropertyValue>\n<Name>a</Name>\n<Value>b</Value>\n</PropertyValue>";
		const properties = `\n<UserProperties>\n${property}\n</UserProperties>\n<SystemProperties>${property}</SystemProperties>`;
		await send("", {
			xml: `<Message ${XMLNS}><MessageBody>x</MessageBody>${properties}</Message>`,
		});
		const { body } = await raw(running.service.url, { target: `/queues/${queue}/messages` });
		const names = ["MessageId", "ReceiptHandle", "MessageBodyMD5", "MessageBody", "EnqueueTime"];
		names.push("NextVisibleTime", "FirstDequeueTime", "DequeueCount", "Priority");
		names.push("SystemProperties", "UserProperties");
		const found = names.map((name) => body.indexOf(`\n  <${name}>`));
		expect(found).toEqual(found.toSorted((left, right) => left - right));
		expect(found[0]).toBeGreaterThan(0);
		expect(body).not.toContain("#text");
	});

	it("errors in the namespace that the Java client looks for", async () => {
		const answer = await raw(running.service.url, { target: "/queues/none" });
		expect(answer.body).toMatch(/<Error xmlns="http:\/\/mns\.aliyuncs\.com\/doc\/v1">\s+<Code>/);
	});

	it("the V4 signature of the Java client", async () => {
		const target = `/queues/${queue}/messages?numOfMessages=2&peekonly=true`;
		const date = new Date();
		const stamp = date.toISOString().replace(/[-:]/g, "").slice(0, 15);
		const day = stamp.slice(0, 8);
		const scope = `${day}/cn-shanghai/mns/aliyun_v4_request`;
		const canonical = `GET\n/queues/${queue}/messages\nnumofmessages=2&peekonly=true\ncontent-type:text/xml;charset=UTF-8\nx-mns-version:2015-06-06\n\n`;
		const hmac = (key: string | Buffer, text: string) =>
			createHmac("sha256", key).update(text).digest();
		const key = [day, "cn-shanghai", "mns", "aliyun_v4_request"].reduce<string | Buffer>(
			hmac,
			`aliyun_v4${account.root.accessKeySecret}`,
		);
		const text = `MNS4-HMAC-SHA256\n${stamp}Z\n${scope}\n${canonical}`;
		const signature = hmac(key, text).toString("hex");
		const call = (signed: string) =>
			raw(running.service.url, {
				target,
				headers: { date: date.toUTCString() },
				authorization: `MNS4-HMAC-SHA256 Credential=${account.root.accessKeyId}/${scope},Signature=${signed}`,
			});
		expect(codeOf(await call(signature))).toBe("MessageNotExist");
		expect(codeOf(await call(signature.replace(/./g, "0")))).toBe("SignatureDoesNotMatch");
	});
});

describe("bad input", () => {
	it("gets the documented error, with request id and host", async () => {
		const cases: [string, number, Parameters<typeof raw>[1]][] = [
			["InvalidRequestURL", 400, { target: "/" }],
			["InvalidRequestURL", 400, { target: `/queues/${queue}/messages/1/2` }],
			["InvalidRequestURL", 400, { target: `/queues/${queue}/other` }],
			["InvalidRequestURL", 400, { target: "/queues/%E0%A4%A" }],
			["InvalidRequestURL", 400, { method: "PATCH", target: `/queues/${queue}` }],
			["InvalidQueryString", 400, { target: `/queues/${queue}/messages?waitseconds=soon` }],
			["InvalidArgument", 400, { target: "/queues", headers: { "x-mns-ret-number": "1001" } }],
			["InvalidArgument", 400, { target: "/queues", headers: { "x-mns-marker": "*" } }],
			["QueueNotExist", 404, { target: "/queues/none/messages" }],
			["MessageNotExist", 404, { target: `/queues/${queue}/messages` }],
			["TopicNotExist", 404, { target: "/topics/news" }],
		];
		for (const [code, status, request] of cases) {
			const answer = await raw(running.service.url, request);
			expect([codeOf(answer), answer.status]).toEqual([code, status]);
			expect(answer.headers["content-type"]).toMatch(/^text\/xml/);
			expect(answer.body).toMatch(/<RequestId>[0-9A-F]{24}<\/RequestId>/);
			expect(answer.body).toContain(`<HostId>${running.service.url}</HostId>`);
		}
	});

	it("in the document is MalformedXML or names the element", async () => {
		expect(codeOf(await send("a & b"))).toBe("MalformedXML");
		expect(codeOf(await send("", { xml: "<Message>" }))).toBe("MalformedXML");
		expect(codeOf(await send("", { xml: "{}" }))).toBe("MalformedXML");
		expect(codeOf(await send("", { xml: "<Other/>" }))).toBe("InvalidArgument");
		expect((await send("<b>nested</b>")).body).toContain("MessageBody");
		const entity = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY e "xx">]>';
		const bomb = `${entity}<Message><MessageBody>&e;</MessageBody></Message>`;
		expect(codeOf(await send("", { xml: bomb }))).toBe("MalformedXML");
		expect((await send("<![CDATA[<!DOCTYPE html>]]>")).status).toBe(201);
		expect(codeOf(await send("x".repeat(9 * 1_024 * 1_024)))).toBe("InvalidArgument");
	});

	it("of random bytes, cut off anywhere, never ends the service", async () => {
		const { port } = new URL(running.service.url);
		const valid = Buffer.from(
			`POST /queues/${queue}/messages HTTP/1.1\r\nHost: x\r\nx-mns-version: 2015-06-06\r\nContent-MD5: ${contentMd5("")}\r\nContent-Length: 40\r\n\r\n<Message>`,
		);
		const bytes = fc.oneof(
			fc.uint8Array({ maxLength: 300 }),
			fc.nat(valid.length).map((length) => valid.subarray(0, length)),
		);
		await fc.assert(
			fc.asyncProperty(bytes, (noise) => talk(Number(port), Buffer.from(noise))),
			{ numRuns: 150 },
		);
		expect((await send("still there")).status).toBe(201);
	});
});

/** Writes and hangs up; resolves once the connection is gone. */
function talk(port: number, bytes: Buffer): Promise<void> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
		socket.on("data", () => undefined);
		socket.on("error", () => undefined);
		socket.on("close", () => resolve());
	});
}

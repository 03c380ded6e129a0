import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { GetDeviceStatusRequest } from "@alicloud/iot20180120";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credentials } from "../../account.ts";
import { deviceAt, type IotCloud, startIotCloud, TEST_ACCOUNT } from "../support/iot/iot-cloud.ts";
import { isoSeconds, signedAcs3, signedRpc } from "../support/iot/raw-call.ts";

const { credentials } = TEST_ACCOUNT;
const MINUTE_MS = 60_000;

let cloud: IotCloud;
beforeAll(async () => {
	cloud = await startIotCloud();
});
afterAll(() => cloud.close());

interface GatewayBody {
	Code?: string;
	Success?: boolean;
	Message?: string;
	HostId?: string;
	Recommend?: string;
	RequestId?: string;
}

async function rpc(
	override: Record<string, string> = {},
	who: Credentials = credentials,
	tamper: (query: string) => string = (query) => query,
): Promise<[number, GatewayBody]> {
	const { iotId } = deviceAt(cloud.seed, 0);
	const params = { IotId: iotId, Format: "JSON" };
	const query = tamper(signedRpc("GetDeviceStatus", params, who, { override }));
	const response = await fetch(`${cloud.iot.url}/?${query}`);
	return [response.status, (await response.json()) as GatewayBody];
}

describe("ACS3-HMAC-SHA256 (npm @alicloud/iot20180120)", () => {
	const status = (who: Partial<Credentials>) =>
		cloud
			.sdk(who)
			.getDeviceStatus(new GetDeviceStatusRequest({ iotId: deviceAt(cloud.seed, 0).iotId }))
			.then(
				({ body }) => body.data?.status,
				(error: { code: string; statusCode: number }) => `${error.statusCode} ${error.code}`,
			);

	test("the account's key", async () => {
		expect(await status({})).toBe("ONLINE");
	});
	test("characters that the wire and the canonical form write differently", async () => {
		const { body } = await cloud.invoke("Set", `{"name":"a*b (c) ~d' +é%2A/&=\\"!"}`);
		expect(body.success).toBe(true);
	});
	test("a wrong secret", async () => {
		expect(await status({ accessKeySecret: "wrong" })).toBe("400 SignatureDoesNotMatch");
	});
	test("an unknown key", async () => {
		expect(await status({ accessKeyId: "LTAInope" })).toBe("404 InvalidAccessKeyId.NotFound");
	});
	test("temporary credentials, until they expire", async () => {
		const live = cloud.account.issueTemporary(cloud.clock.now() + MINUTE_MS);
		expect(await status(live)).toBe("ONLINE");
		const dead = cloud.account.issueTemporary(cloud.clock.now() - 1);
		expect(await status(dead)).toBe("400 InvalidSecurityToken.Expired");
		const other = cloud.account.issueTemporary(cloud.clock.now() + MINUTE_MS);
		expect(await status({ ...live, securityToken: other.securityToken })).toBe(
			"400 InvalidSecurityToken.Malformed",
		);
	});
	test("a form body, as other languages send it, and a body that was changed on the way", async () => {
		const form = { IotId: deviceAt(cloud.seed, 0).iotId };
		const { body, headers } = signedAcs3(cloud.iot.url, "GetDeviceStatus", form, credentials);
		const post = (text: string) => fetch(cloud.iot.url, { method: "POST", headers, body: text });
		const changed = (await (await post(`${body}&X=1`)).json()) as GatewayBody;
		expect(changed.Code).toBe("SignatureDoesNotMatch");
		const good = await post(body);
		expect(good.headers.get("content-type")).toContain("application/json");
		expect(await good.json()).toMatchObject({ Success: true, Data: { Status: "ONLINE" } });
	});
	test("broken Authorization headers", async () => {
		const send = async (authorization: string) => {
			const { body, headers } = signedAcs3(cloud.iot.url, "GetDeviceStatus", {}, credentials);
			const response = await fetch(cloud.iot.url, {
				method: "POST",
				headers: { ...headers, authorization },
				body,
			});
			return ((await response.json()) as GatewayBody).Code;
		};
		expect(await send("ACS3-HMAC-SHA256 nonsense")).toBe("IncompleteSignature");
		expect(await send("ACS3-RSA-SHA256 Credential=a,SignedHeaders=b,Signature=c")).toBe(
			"InvalidSignatureMethod",
		);
	});
});

describe("RPC HMAC-SHA1 (npm @alicloud/pop-core)", () => {
	test.each(["GET", "POST"])("%s", async (method) => {
		const answer = await cloud
			.pop()
			// pop-core capitalises the Action parameter, and sends the header as it is
			.request("getDeviceStatus", { IotId: deviceAt(cloud.seed, 0).iotId }, { method });
		expect(answer).toMatchObject({ Success: true, Data: { Status: "ONLINE" } });
	});
	test("temporary credentials", async () => {
		const live = cloud.account.issueTemporary(cloud.clock.now() + MINUTE_MS);
		const answer = await cloud
			.pop(live)
			.request("GetDeviceStatus", { IotId: deviceAt(cloud.seed, 0).iotId });
		expect(answer["Success"]).toBe(true);
		const { securityToken: _left, ...withoutToken } = live;
		expect((await rpc({}, withoutToken))[1].Code).toBe("MissingSecurityToken");
	});
	test("the error's form", async () => {
		const [status, body] = await rpc({}, { ...credentials, accessKeySecret: "wrong" });
		expect(status).toBe(400);
		expect(Object.keys(body)).toEqual(["RequestId", "HostId", "Code", "Message", "Recommend"]);
		expect(body.Code).toBe("SignatureDoesNotMatch");
		expect(body.HostId).toBe(new URL(cloud.iot.url).host);
	});
});

describe("refusals of the gateway", () => {
	test("clock skew of more than 15 minutes, both ways", async () => {
		const at = (ms: number) => rpc({ Timestamp: isoSeconds(cloud.clock.now() + ms) });
		expect((await at(-14 * MINUTE_MS))[1].Success).toBe(true);
		expect((await at(14 * MINUTE_MS))[1].Success).toBe(true);
		for (const ms of [-16 * MINUTE_MS, 16 * MINUTE_MS]) {
			const [status, body] = await at(ms);
			expect([status, body.Code]).toEqual([400, "InvalidTimeStamp.Expired"]);
		}
		expect((await rpc({ Timestamp: "yesterday" }))[1].Code).toBe("InvalidTimeStamp.Format");
	});
	test("a changed parameter", async () => {
		const [, body] = await rpc({}, credentials, (query) => query.replace("IotId=", "IotId=x"));
		expect(body.Code).toBe("SignatureDoesNotMatch");
	});
	test.each([
		["no signature", (q: string) => q.replace(/&Signature=[^&]*/, ""), 400, "MissingSignature"],
		["no key", (q: string) => q.replace(/AccessKeyId=[^&]*&/, ""), 400, "MissingAccessKeyId"],
		["no Action", (q: string) => q.replace(/Action=[^&]*&/, ""), 400, "MissingAction"],
		["no Version", (q: string) => q.replace(/&Version=[^&]*/, ""), 400, "MissingVersion"],
		[
			"another Version",
			(q: string) => q.replace("2018-01-20", "2017-04-20"),
			400,
			"InvalidVersion",
		],
		[
			"an unknown Action",
			(q: string) => q.replace("GetDeviceStatus", "Nope"),
			404,
			"InvalidAction.NotFound",
		],
		["an unknown Format", (q: string) => q.replace("JSON", "YAML"), 400, "InvalidParameter.Format"],
	])("%s", async (_what, tamper, status, code) => {
		const response = await fetch(
			`${cloud.iot.url}/?${tamper(signedRpc("GetDeviceStatus", { Format: "JSON" }, credentials))}`,
		);
		const text = await response.text();
		expect(response.status).toBe(status);
		expect(text).toContain(code);
	});
	test("another SignatureMethod or SignatureVersion", async () => {
		expect((await rpc({ SignatureMethod: "HMAC-MD5" }))[1].Code).toBe("InvalidSignatureMethod");
		expect((await rpc({ SignatureVersion: "9" }))[1].Code).toBe("IncompleteSignature");
	});
	test("another HTTP method", async () => {
		const response = await fetch(cloud.iot.url, { method: "DELETE" });
		expect(response.status).toBe(405);
		expect(await response.text()).toContain("UnsupportedHTTPMethod");
	});
	test("a body that is too large", async () => {
		const { port } = new URL(cloud.iot.url);
		const status = await new Promise<number | undefined>((resolve, reject) => {
			const call = request({ port, host: "127.0.0.1", method: "POST" }, (response) => {
				response.resume();
				resolve(response.statusCode);
			});
			call.on("error", reject);
			call.end(Buffer.alloc(600 * 1024, "x"));
		});
		expect(status).toBe(413);
	});
});

// The last one, because it leaves the clock ahead of the clients'.
test("a replayed nonce, also after the clock moved on, until its timestamp is too old", async () => {
	const SignatureNonce = randomUUID();
	expect((await rpc({ SignatureNonce }))[1].Success).toBe(true);
	expect((await rpc({ SignatureNonce }))[1].Code).toBe("SignatureNonceUsed");
	await cloud.clock.advance(14 * MINUTE_MS);
	expect((await rpc({ SignatureNonce }))[1].Code).toBe("SignatureNonceUsed");
	await cloud.clock.advance(3 * MINUTE_MS);
	const Timestamp = isoSeconds(cloud.clock.now());
	expect((await rpc({ SignatureNonce, Timestamp }))[1].Success).toBe(true);
});

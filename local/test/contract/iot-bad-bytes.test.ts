import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseJsonText } from "../../iot/thing-model/json-text.ts";
import { deviceAt, type IotCloud, startIotCloud, TEST_ACCOUNT } from "../support/iot/iot-cloud.ts";
import { signedRpc } from "../support/iot/raw-call.ts";

const ROUNDS = 300;
const MQTT_CONNECT_FLAG = 0x10;

let cloud: IotCloud;
beforeAll(async () => {
	cloud = await startIotCloud({ quotaPerSecond: 1_000_000 });
});
afterAll(() => cloud.close());

/** Writes the bytes, ends its side, and resolves once the server has ended the connection. */
function throwAt(url: string, bytes: Buffer | string): Promise<string> {
	const { port, hostname } = new URL(url);
	return new Promise((resolve) => {
		const socket = connect(Number(port), hostname);
		let answer = "";
		socket.on("data", (chunk) => {
			answer += chunk.toString("latin1");
		});
		socket.on("error", () => {});
		socket.on("close", () => resolve(answer));
		socket.end(bytes);
	});
}

const stillWorks = async () => {
	const { body } = await cloud.invoke("Get");
	expect(body.success).toBe(true);
};

describe("random bytes neither crash nor hang", () => {
	test("the HTTP server", async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const noise = randomBytes(1 + (round % 200));
			const head = round % 3 === 0 ? "POST /?Action=" : round % 3 === 1 ? "GET / HTTP/1.1\r\n" : "";
			await throwAt(cloud.iot.url, Buffer.concat([Buffer.from(head), noise]));
		}
		await stillWorks();
	});

	test("the MQTT server", async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const noise = randomBytes(1 + (round % 200));
			if (round % 2 === 0) noise[0] = MQTT_CONNECT_FLAG;
			await throwAt(cloud.iot.mqttUrl.replace("mqtt:", "http:"), noise);
		}
		await stillWorks();
	});

	test("a body that is cut off", async () => {
		const answer = await throwAt(
			cloud.iot.url,
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nAction=Inv",
		);
		expect(answer).not.toContain("200 OK");
		await stillWorks();
	});

	test("percent signs and bytes that are no UTF-8, with a signature", async () => {
		const head = "GET /?Action=GetDeviceStatus&Version=2018-01-20&IotId=%ff%fe%zz&%=%";
		expect(await throwAt(cloud.iot.url, `${head} HTTP/1.1\r\nHost: x\r\n\r\n`)).toContain("400");
		await stillWorks();
	});

	test("arguments of any kind, with a right signature", async () => {
		const { iotId } = deviceAt(cloud.seed, 0);
		const args = [
			"[".repeat(50_000),
			`{"a":${"[".repeat(500)}${"]".repeat(500)}}`,
			"\u0000",
			'{"__proto__":1}',
		];
		for (let round = 0; round < 50; round++) args.push(randomBytes(20).toString("latin1"));
		for (const text of args) {
			const params = { IotId: iotId, Identifier: "Set", Args: text, Format: "JSON" };
			const query = signedRpc("InvokeThingService", params, TEST_ACCOUNT.credentials, {
				method: "POST",
			});
			const response = await fetch(cloud.iot.url, {
				method: "POST",
				headers: { "content-type": "application/x-www-form-urlencoded" },
				body: query,
			});
			expect(await response.json()).toMatchObject({ Success: false, Code: expect.any(String) });
		}
	});
});

test("every node of parsed JSON carries exactly the text that it was read from", () => {
	fc.assert(
		fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom("", " ", "\n\t"), (json, space) => {
			const text = `${space}${json}${space}`;
			const root = parseJsonText(text);
			expect(root?.raw).toBe(json.trim());
			if (root?.kind === "object") {
				const plain = JSON.parse(text) as Record<string, unknown>;
				expect([...root.members.keys()].toSorted()).toEqual(Object.keys(plain).toSorted());
				for (const [name, node] of root.members) {
					expect(JSON.parse(node.raw)).toEqual(plain[name]);
				}
			}
			if (root?.kind === "array") {
				expect(root.items.map(({ raw }) => JSON.parse(raw))).toEqual(JSON.parse(text));
			}
		}),
		{ numRuns: 500 },
	);
	fc.assert(
		fc.property(fc.string(), (text) => {
			const node = parseJsonText(text);
			let valid = true;
			try {
				JSON.parse(text);
			} catch {
				valid = false;
			}
			expect(node !== undefined).toBe(valid);
		}),
	);
});

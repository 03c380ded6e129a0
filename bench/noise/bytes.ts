import { randomBytes, randomInt } from "node:crypto";

const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"] as const;
const MAX_RAW_BYTES = 300;
const MAX_BODY_BYTES = 200;
/** So that some of it gets past the first parser: what a real request would begin with. */
const HTTP_BEGINNINGS = [
	"",
	"GET / HTTP/1.1\r\n",
	"POST /?Action=",
	"POST /PutRow HTTP/1.1\r\nHost: x\r\n",
];
const MQTT_CONNECT = 0x10;
const MQTT_GREETING = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4]);

/** What is no HTTP at all, or stops being it after its first line. */
export function rawNoise(): Buffer {
	const beginning = HTTP_BEGINNINGS[randomInt(HTTP_BEGINNINGS.length)] ?? "";
	return Buffer.concat([Buffer.from(beginning), randomBytes(randomInt(1, MAX_RAW_BYTES))]);
}

/** Well-framed HTTP whose path, headers and body are chance. */
export function httpNoise(paths: readonly string[], last: boolean): Buffer {
	const body = randomBytes(randomInt(MAX_BODY_BYTES));
	const method = METHODS[randomInt(METHODS.length)] ?? "GET";
	const known = paths[randomInt(paths.length)] ?? "/";
	const path = `${known}${encodeURI(randomBytes(randomInt(20)).toString("latin1"))}`;
	const head = [
		`${method} ${path.replace(/[^\x21-\x7e]/g, "")} HTTP/1.1`,
		"Host: 127.0.0.1",
		`Authorization: ${randomBytes(randomInt(1, 40)).toString("base64")}`,
		`X-Acs-Date: ${randomBytes(8).toString("hex")}`,
		`Date: ${randomBytes(8).toString("hex")}`,
		`Content-Type: ${randomBytes(6).toString("hex")}`,
		`Content-Length: ${body.length}`,
		...(last ? ["Connection: close"] : []),
		"\r\n",
	];
	return Buffer.concat([Buffer.from(head.join("\r\n")), body]);
}

/** Bytes, bytes that begin as a CONNECT, and such CONNECTs that are whole up to their flags. */
export function mqttNoise(): Buffer {
	const noise = randomBytes(randomInt(2, MAX_RAW_BYTES));
	const kind = randomInt(3);
	if (kind === 0) return noise;
	const body = kind === 1 ? noise : Buffer.concat([MQTT_GREETING, noise.subarray(0, 110)]);
	return Buffer.concat([Buffer.from([MQTT_CONNECT, Math.min(127, body.length)]), body]);
}

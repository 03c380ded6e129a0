import { createHash, createHmac } from "node:crypto";
import { createRequire } from "node:module";
import protobuf from "protobufjs";
import type { Credentials } from "../../../account.ts";
import { ACCOUNT, INSTANCE } from "./fixtures.ts";

/**
 * A client of few lines that sends what it is told to, right or wrong, and
 * checks answers as the official Python and Java SDKs do. Its messages come
 * from the `.proto` file of the npm SDK, its signatures from the vendor's
 * description: nothing is shared with the service under test.
 */
const require = createRequire(import.meta.url);
const protocol = protobuf.loadSync(require.resolve("tablestore/lib/protocol/tablestore.proto"));

export function encode(message: string, fields: object): Buffer {
	const type = protocol.lookupType(`main.proto.${message}`);
	return Buffer.from(type.encode(type.fromObject(fields)).finish());
}

export function decode(message: string, bytes: Buffer): Record<string, unknown> {
	return protocol.lookupType(`main.proto.${message}`).decode(bytes).toJSON();
}

export interface RawAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Buffer;
}

interface RawRequest {
	readonly operation: string;
	readonly body: Buffer;
	readonly credentials?: Credentials;
	readonly method?: string;
	/** In place of, or beside, the usual headers; undefined leaves one out. */
	readonly headers?: Readonly<Record<string, string | undefined>>;
	/** Headers put in after the signature was made. */
	readonly forged?: Readonly<Record<string, string>>;
	readonly sign?: (
		path: string,
		headers: Readonly<Record<string, string>>,
	) => Record<string, string>;
}

export async function send(url: string, request: RawRequest): Promise<RawAnswer> {
	const { operation, body, credentials = ACCOUNT.root, method = "POST" } = request;
	const path = `/${operation}`;
	const headers: Record<string, string> = {
		"x-ots-date": new Date().toISOString(),
		"x-ots-apiversion": "2015-12-31",
		"x-ots-accesskeyid": credentials.accessKeyId,
		"x-ots-contentmd5": md5(body),
		"x-ots-instancename": INSTANCE,
		...(credentials.securityToken ? { "x-ots-ststoken": credentials.securityToken } : {}),
	};
	for (const [name, value] of Object.entries(request.headers ?? {})) {
		if (value === undefined) delete headers[name];
		else headers[name] = value;
	}
	const signed = request.sign ?? ((to, given) => signV2(credentials.accessKeySecret, to, given));
	Object.assign(headers, signed(path, headers), request.forged);
	const response = await fetch(`${url}${path}`, {
		method,
		headers,
		...(method === "POST" ? { body: new Uint8Array(body) } : {}),
	});
	return {
		status: response.status,
		headers: response.headers,
		body: Buffer.from(await response.arrayBuffer()),
	};
}

function signV2(
	secret: string,
	path: string,
	headers: Readonly<Record<string, string>>,
): Record<string, string> {
	const text = `${path}\nPOST\n\n${lines(Object.entries(headers))}`;
	return { "x-ots-signature": hmac("sha1", secret, text).toString("base64") };
}

/** As `V4SignatureMaker` of the official Java SDK. */
export function signV4(
	secret: string,
	date: string,
	region: string,
): (path: string, headers: Readonly<Record<string, string>>) => Record<string, string> {
	return (path, headers) => {
		const extra = { "x-ots-signdate": date, "x-ots-signregion": region };
		const text = `${path}\nPOST\n\n${lines(Object.entries({ ...headers, ...extra }))}ots`;
		const signature = hmac("sha256", v4Key(secret, date, region), text).toString("base64");
		return { ...extra, "x-ots-signaturev4": signature };
	};
}

export function v4Key(secret: string, date: string, region: string): string {
	const key = [date, region, "ots", "aliyun_v4_request"].reduce(
		(previous: Buffer, part) => hmac("sha256", previous, part),
		Buffer.from(`aliyun_v4${secret}`),
	);
	return key.toString("base64");
}

/** The `authorization` that the answer to `operation` must carry. */
export function expectedAuthorization(
	answer: RawAnswer,
	operation: string,
	accessKeyId: string,
	key: string,
): string {
	const text = `${lines([...answer.headers])}/${operation}`;
	return `OTS ${accessKeyId}:${hmac("sha1", key, text).toString("base64")}`;
}

export function md5(body: Buffer): string {
	return createHash("md5").update(body).digest("base64");
}

export function errorOf(answer: RawAnswer): { status: number; code: unknown; message: unknown } {
	const { code, message } = decode("Error", answer.body);
	return { status: answer.status, code, message };
}

function lines(headers: readonly (readonly [string, string])[]): string {
	return headers
		.filter(([name]) => name.startsWith("x-ots-"))
		.map(([name, value]) => `${name}:${value.trim()}\n`)
		.sort()
		.join("");
}

function hmac(algorithm: string, key: string | Buffer, text: string): Buffer {
	return createHmac(algorithm, key).update(text).digest();
}

import { deflateSync } from "node:zlib";
import { CellOp, encodePlainBuffer, type PlainBufferCell, VariantType } from "alicloud-tablestore";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT } from "../support/tablestore/fixtures.ts";
import { type Running, startLocalTablestore } from "../support/tablestore/local-tablestore.ts";
import {
	decode,
	encode,
	errorOf,
	expectedAuthorization,
	md5,
	send,
	signV4,
	v4Key,
} from "../support/tablestore/raw-client.ts";
import { tableOf } from "../support/tablestore/schema.ts";
import { failureOf, sdkClient } from "../support/tablestore/sdk.ts";

const EMPTY = Buffer.alloc(0);
let running: Running;
let url: string;

beforeAll(async () => {
	running = await startLocalTablestore();
	url = running.service.url;
	await running.client.createTable(tableOf("t", [["id", "STRING"]]));
});

afterAll(() => running.stop());

const listTables = (more: Partial<Parameters<typeof send>[1]> = {}) =>
	send(url, { operation: "ListTable", body: EMPTY, ...more });

const { accessKeyId, accessKeySecret } = ACCOUNT.root;

describe("answers", () => {
	test("carry their checksum, date and id, and a signature over them", async () => {
		const answer = await listTables();
		expect(answer.status).toBe(200);
		expect(decode("ListTableResponse", answer.body)).toEqual({ tableNames: ["t"] });
		expect(answer.headers.get("x-ots-contentmd5")).toBe(md5(answer.body));
		expect(answer.headers.get("x-ots-contenttype")).toBe("protocol buffer");
		expect(answer.headers.get("x-ots-requestid")).toMatch(/^[0-9a-f-]{36}$/);
		expect(answer.headers.get("x-ots-date")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		expect(answer.headers.get("authorization")).toBe(
			expectedAuthorization(answer, "ListTable", accessKeyId, accessKeySecret),
		);
	});

	test("of an error are signed too", async () => {
		const answer = await send(url, {
			operation: "DescribeTable",
			body: encode("DescribeTableRequest", { tableName: "nowhere" }),
		});
		expect(errorOf(answer)).toEqual({
			status: 404,
			code: "OTSObjectNotExist",
			message: "Requested table does not exist.",
		});
		expect(answer.headers.get("authorization")).toBe(
			expectedAuthorization(answer, "DescribeTable", accessKeyId, accessKeySecret),
		);
	});
});

describe("signatures", () => {
	test("of version 4 are accepted, and the answer is signed with the derived key", async () => {
		const answer = await listTables({ sign: signV4(accessKeySecret, "20260101", "cn-shanghai") });
		expect(answer.status).toBe(200);
		expect(answer.headers.get("authorization")).toBe(
			expectedAuthorization(
				answer,
				"ListTable",
				accessKeyId,
				v4Key(accessKeySecret, "20260101", "cn-shanghai"),
			),
		);
		const wrong = await listTables({ sign: signV4("wrong", "20260101", "cn-shanghai") });
		expect(errorOf(wrong)).toMatchObject({ status: 403, message: "Signature mismatch." });
	});

	test("cover every x-ots header, whatever its name", async () => {
		expect((await listTables({ headers: { "x-ots-sdk-traceid": " padded " } })).status).toBe(200);
		const forged = await listTables({ forged: { "x-ots-request-tag": "added" } });
		expect(errorOf(forged)).toMatchObject({
			code: "OTSAuthFailed",
			message: "Signature mismatch.",
		});
		expect(forged.headers.get("authorization")).toBeNull();
	});

	test("temporary credentials work until they expire", async () => {
		const valid = ACCOUNT.issueTemporary(Date.now() + 60_000);
		expect((await sdkClient(url, valid).listTable({})).tableNames).toEqual(["t"]);
		const expired = sdkClient(url, ACCOUNT.issueTemporary(Date.now() - 1));
		expect(await failureOf(expired.listTable({}))).toBe("OTSAuthFailed");
		const { securityToken: _, ...withoutToken } = valid;
		expect(await failureOf(sdkClient(url, withoutToken).listTable({}))).toBe("OTSAuthFailed");
	});

	test("of another key, or for another instance, are refused", async () => {
		const stranger = sdkClient(url, { accessKeyId: "nobody", accessKeySecret: "x" });
		expect(await failureOf(stranger.listTable({}))).toBe("OTSAuthFailed");
		const elsewhere = sdkClient(url, ACCOUNT.root, "elsewhere");
		expect(await failureOf(elsewhere.listTable({}))).toBe("OTSAuthFailed");
	});
});

describe("requests", () => {
	test.each([
		[
			"a date a quarter of an hour off",
			{ "x-ots-date": new Date(Date.now() - 16 * 60_000).toISOString() },
			403,
			"OTSAuthFailed",
		],
		["a date that is none", { "x-ots-date": "yesterday" }, 400, "OTSParameterInvalid"],
		["no date", { "x-ots-date": undefined }, 400, "OTSParameterInvalid"],
		["no instance", { "x-ots-instancename": undefined }, 400, "OTSParameterInvalid"],
		["an instance name that is none", { "x-ots-instancename": "-" }, 400, "OTSParameterInvalid"],
		[
			"a checksum of something else",
			{ "x-ots-contentmd5": md5(Buffer.from("x")) },
			403,
			"OTSAuthFailed",
		],
	])("with %s are refused", async (_, headers, status, code) => {
		expect(errorOf(await listTables({ headers }))).toMatchObject({ status, code });
	});

	test("for operations that do not exist, or by another method, are refused", async () => {
		expect(errorOf(await listTables({ operation: "Nothing" }))).toEqual({
			status: 400,
			code: "OTSParameterInvalid",
			message: "Unsupported operation: Nothing.",
		});
		expect(errorOf(await listTables({ method: "GET" }))).toMatchObject({
			status: 405,
			code: "OTSMethodNotAllowed",
		});
	});

	test("may be compressed", async () => {
		const plain = encode("DescribeTableRequest", { tableName: "t" });
		const answer = await send(url, {
			operation: "DescribeTable",
			body: deflateSync(plain),
			headers: {
				"x-ots-request-compress-type": "deflate",
				"x-ots-request-compress-size": String(plain.length),
			},
		});
		expect(answer.status).toBe(200);
	});

	test("that are too large are refused, compressed or not", async () => {
		const body = Buffer.alloc(9 * 1024 * 1024);
		expect(errorOf(await listTables({ body }))).toMatchObject({
			status: 413,
			code: "OTSRequestBodyTooLarge",
		});
		const bomb = await listTables({
			body: deflateSync(body),
			headers: { "x-ots-request-compress-type": "deflate" },
		});
		expect(bomb.status).toBe(413);
	});
});

describe("rows", () => {
	const key: PlainBufferCell = { name: "id", value: "x", type: VariantType.STRING };
	const putBody = (row: Buffer) =>
		encode("PutRowRequest", { tableName: "t", row, condition: { rowExistence: "IGNORE" } });
	const put = (row: Buffer) => send(url, { operation: "PutRow", body: putBody(row) });
	const plain = (attributes: PlainBufferCell[]) =>
		Buffer.from(encodePlainBuffer([{ primaryKey: [key], attributes }]));
	const good = plain([{ name: "a", value: "1", type: VariantType.STRING }]);

	test("with any one bit turned over are refused", async () => {
		expect((await put(good)).status).toBe(200);
		for (let bit = 0; bit < good.length * 8; bit++) {
			const bad = Buffer.from(good);
			bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(errorOf(await put(bad)), `bit ${bit}`).toMatchObject({ status: 400 });
		}
	});

	test("cut off anywhere are refused", async () => {
		for (let length = 0; length < good.length; length++) {
			const answer = await put(good.subarray(0, length));
			expect(errorOf(answer), `${length} bytes`).toMatchObject({ code: "OTSParameterInvalid" });
		}
	});

	test.each<[string, PlainBufferCell[]]>([
		[
			"an operation in PutRow",
			[{ name: "a", value: 1n, type: VariantType.INTEGER, op: CellOp.Increment }],
		],
		["a column without a value", [{ name: "a" }]],
		["a negative timestamp", [{ name: "a", value: "1", type: VariantType.STRING, ts: -1 }]],
	])("with %s are refused", async (_, attributes) => {
		expect(errorOf(await put(plain(attributes)))).toMatchObject({
			status: 400,
			code: "OTSParameterInvalid",
		});
	});

	test("a read without a version condition is refused", async () => {
		const primaryKey = Buffer.from(encodePlainBuffer([{ primaryKey: [key], attributes: [] }]));
		const answer = await send(url, {
			operation: "GetRow",
			body: encode("GetRowRequest", { tableName: "t", primaryKey }),
		});
		expect(errorOf(answer).message).toBe("No version condition is specified while querying row.");
	});

	test("DeleteRow needs its marker", async () => {
		const primaryKey = Buffer.from(encodePlainBuffer([{ primaryKey: [key], attributes: [] }]));
		const answer = await send(url, {
			operation: "DeleteRow",
			body: encode("DeleteRowRequest", {
				tableName: "t",
				primaryKey,
				condition: { rowExistence: "IGNORE" },
			}),
		});
		expect(errorOf(answer).message).toBe(
			"Invalid request of delete row: missing RowDeleteMarker in request.",
		);
	});
});

describe("an atomic batch", () => {
	/** `is_atomic` = 3, which neither npm SDK sends. */
	const IS_ATOMIC = Buffer.from([0x18, 1]);
	const batch = async (rows: readonly (readonly [string, "IGNORE" | "EXPECT_EXIST"])[]) => {
		const body = encode("BatchWriteRowRequest", {
			tables: [
				{
					tableName: "two",
					rows: rows.map(([text, rowExistence]) => {
						const [id = "", n = ""] = text.split("/");
						const primaryKey = [
							{ name: "id", value: id, type: VariantType.STRING },
							{ name: "n", value: n, type: VariantType.STRING },
						];
						const rowChange = Buffer.from(encodePlainBuffer([{ primaryKey, attributes: [] }]));
						return { type: "PUT", rowChange, condition: { rowExistence } };
					}),
				},
			],
		});
		return send(url, { operation: "BatchWriteRow", body: Buffer.concat([body, IS_ATOMIC]) });
	};
	const exists = async (id: string, n: string) => {
		const { row } = await running.client.getRow({ tableName: "two", primaryKey: [{ id }, { n }] });
		return Boolean(row?.primaryKey);
	};

	beforeAll(() =>
		running.client.createTable(
			tableOf("two", [
				["id", "STRING"],
				["n", "STRING"],
			]),
		),
	);

	test("is written as a whole or not at all", async () => {
		const failing = await batch([
			["d/1", "IGNORE"],
			["d/2", "EXPECT_EXIST"],
		]);
		expect(errorOf(failing)).toMatchObject({ status: 403, code: "OTSConditionCheckFail" });
		expect(await exists("d", "1")).toBe(false);
		const passing = await batch([
			["d/1", "IGNORE"],
			["d/2", "IGNORE"],
		]);
		expect(passing.status).toBe(200);
		expect([await exists("d", "1"), await exists("d", "2")]).toEqual([true, true]);
	});

	test("is of one partition", async () => {
		const answer = await batch([
			["d/3", "IGNORE"],
			["e/3", "IGNORE"],
		]);
		expect(answer.status).toBe(200);
		expect(answer.body.toString("latin1").split("OTSParameterInvalid")).toHaveLength(3);
		expect([await exists("d", "3"), await exists("e", "3")]).toEqual([false, false]);
	});
});

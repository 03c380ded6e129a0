import { DefinedColumnType, type SdkClient } from "./sdk.ts";

/** What the SDK's client calls to make a request's body and to read its answer, and what starts one. */
interface RawClient {
	makeRequest(operation: string, params: object): Promise<unknown>;
	buildContent(request: { httpRequest: { body: Buffer } }): void;
	extractData(response: { data: unknown }): void;
}

/**
 * AddDefinedColumn, which the SDK does not have: the body is written here, the
 * SDK signs and sends it. Only strings, as all columns of our indexes.
 */
export function addDefinedColumns(
	client: SdkClient,
	table: string,
	names: readonly string[],
): Promise<unknown> {
	const body = encodeRequest(table, names);
	const raw = Object.create(client) as unknown as RawClient;
	raw.buildContent = ({ httpRequest }) => {
		httpRequest.body = body;
	};
	raw.extractData = (response) => {
		response.data = {};
	};
	return raw.makeRequest("addDefinedColumn", {});
}

/** AddDefinedColumnRequest: `{1: table name, 2: repeated {1: name, 2: type}}`. */
function encodeRequest(table: string, names: readonly string[]): Buffer {
	const columns = names.map((name) =>
		field(2, Buffer.concat([field(1, Buffer.from(name)), varint(2, DefinedColumnType.DCT_STRING)])),
	);
	return Buffer.concat([field(1, Buffer.from(table)), ...columns]);
}

/** Protobuf's wire types. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const tag = (number: number, type: number) => (number << 3) | type;

function varint(number: number, value: number): Buffer {
	return Buffer.from([tag(number, VARINT), ...base128(value)]);
}

function field(number: number, content: Buffer): Buffer {
	const head = Buffer.from([tag(number, LENGTH_DELIMITED), ...base128(content.length)]);
	return Buffer.concat([head, content]);
}

function base128(value: number): number[] {
	return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...base128(value >>> 7)];
}

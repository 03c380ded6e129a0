import { type Piece, properties, requires, words } from "./pieces.ts";
import { mentionedMessages, messages } from "./protobuf-messages.ts";
import { type Trim, whole } from "./rule.ts";
import { expected, ShapeError, type Source, textOf } from "./source.ts";
import { speedUp } from "./tablestore-speed.ts";

const PROTO = "lib/protocol/tablestore_compiled_proto.js";

/** Groups of helpers inside of `TableStore.util`. */
const HELPERS = ["buffer", "crypto", "date", "string"];

/**
 * Of Tablestore's client the operations that are called, and of its protobuf
 * messages how these are written and read: 259 messages make 70 % of the package.
 */
export const tablestore: Trim = {
	package: "tablestore",
	versions: ["5.6.5"],
	files: {
		"index.js": whole,
		"lib/client.js": (source) => operations(source),
		"lib/config.js": whole,
		"lib/core.js": (source) => namespaces(source),
		"lib/event_listeners.js": whole,
		"lib/filter.js": whole,
		"lib/http.js": whole,
		"lib/http/node.js": whole,
		"lib/long.js": whole,
		"lib/metadata.js": whole,
		"lib/protocol/decoder.js": (source) => coder(source, "TableStore.decoder = "),
		"lib/protocol/encoder.js": (source) => coder(source, "TableStore.encoder = "),
		"lib/protocol/plain_buffer_coded_stream.js": (source) => [
			...properties(source, "TableStore.PlainBufferCodedInputStream = inherit("),
			...properties(source, "TableStore.PlainBufferCodedOutputStream = inherit("),
		],
		"lib/protocol/plain_buffer_consts.js": whole,
		"lib/protocol/plain_buffer_crc8.js": whole,
		"lib/protocol/plain_buffer_stream.js": whole,
		"lib/protocol/plian_buffer_builder.js": (source) =>
			properties(source, "TableStore.PlainBufferBuilder = "),
		[PROTO]: messages,
		"lib/request.js": whole,
		"lib/retry/default_retry_policy.js": whole,
		"lib/retry/retry_util.js": whole,
		"lib/sequential_executor.js": whole,
		"lib/signer.js": whole,
		"lib/util.js": (source) => properties(source, "TableStore.util = ", HELPERS),
	},
	prepare: speedUp,
	called: (word) => operation(word),
	mentions: (text) => [...words(text), ...sentOperations(text), ...mentionedMessages(text)],
	check: (kept) => refuseLongIntegers(kept.get(PROTO) ?? ""),
};

/** Apart from words, since `search` is one of both. */
const operation = (name: string) => `operation ${name}`;
const SENDS = /this\.makeRequest\('(\w+)'/g;
const sentOperations = (text: string) =>
	[...text.matchAll(SENDS)].map(([, name = ""]) => operation(name));

/** Methods of the client; those that send are kept for their callers only. */
const operations = (client: Source): Piece[] =>
	properties(client, "TableStore.Client = inherit(").map((piece) => {
		const sends = client.code.slice(piece.start, piece.end).search(SENDS) >= 0;
		return sends ? { ...piece, names: piece.names.map(operation) } : piece;
	});

const coder = (source: Source, start: string): Piece[] => [
	...requires(source).filter((piece) => !piece.names.includes("TableStore")),
	...properties(source, start),
	...properties(source, "var tsMap = ").map((piece) => ({
		...piece,
		names: piece.names.map(operation),
	})),
];

/** Search and SQL only add names to the namespace: each goes unless one of its names is used. */
const OPTIONAL_NAMESPACES = {
	"./search": ["QueryType", "SortOrder", "FieldType", "AggregationType", "GroupByType"],
	"./sql": ["SQLRows", "SQLPayloadVersion"],
} as const;

const namespaces = (core: Source): Piece[] =>
	Object.entries(OPTIONAL_NAMESPACES).map(([path, names]) => {
		const text = `require('${path}');`;
		const statement = core.program.body.find((node) => textOf(core, node) === text);
		const { start, end } = expected(statement, text, core);
		return { start, end, names };
	});

/**
 * protobufjs reads 64-bit integers as `Long` where npm `long` is installed and
 * as numbers where it is not, as in a bundle: none may be read.
 */
function refuseLongIntegers(proto: string): void {
	const found = /message\.(\w+) = reader\.[us]?int64\(\)/.exec(proto)?.[1];
	if (found) {
		throw new ShapeError(
			`${PROTO}: ${found}, a field of an answer that is used, is a 64-bit integer`,
		);
	}
}

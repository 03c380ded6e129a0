import { readSource, ShapeError, type Source } from "./source.ts";

/** Costly ways of doing something, and cheaper ones of which the bytes are the same. */
const CHANGES: Readonly<Record<string, ReadonlyArray<readonly [before: string, after: string]>>> = {
	// A request's body is at hand in one piece: no need to stream it and to count its bytes.
	"lib/http/node.js": [["if (body && WritableStream && ReadableStream) {", "if (false) {"]],
	"lib/util.js": [
		[
			"if (typeof string === 'string') string = new Buffer(string);\n\n      if (typeof string.byteLength",
			"if (typeof string === 'string') return Buffer.byteLength(string);\n\n      if (typeof string.byteLength",
		],
	],
	"lib/protocol/plain_buffer_crc8.js": [
		[
			"var bytesBuffer = new Buffer(bytes_);",
			"var bytesBuffer = typeof bytes_ === 'string' ? Buffer.from(bytes_) : bytes_;",
		],
	],
	"lib/protocol/plain_buffer_stream.js": [
		["this.buffer.write(value, this.pos);", "bytes.copy(this.buffer, this.pos);"],
	],
};

const OLD_BUFFER = /new (?:TableStore\.util\.)?Buffer\((?=(\w+\))?)/g;
const SIZES = new Set(["8)", "capacity)", "length)", "size)"]);

/** @throws ShapeError if something to change is not there. */
export function speedUp(source: Source): Source {
	const file = source.name.slice(source.name.indexOf("/") + 1);
	let code = source.code;
	for (const [before, after] of CHANGES[file] ?? []) {
		if (!code.includes(before)) throw new ShapeError(`${source.name} has no "${before}"`);
		code = code.replace(before, after);
	}
	// `new Buffer` prints a warning at its first call outside of node_modules, where a bundle is.
	code = code.replace(OLD_BUFFER, (_, size) =>
		SIZES.has(size) ? "Buffer.alloc(" : "Buffer.from(",
	);
	return code === source.code ? source : readSource(source.name, code);
}

import * as z from "zod";
import type { Answer } from "../api/answer.ts";

/*
 * How a function's result becomes an HTTP response: Function Compute 3.0, "Use
 * an HTTP trigger to invoke a function", "Response struct".
 */

/** Set by the platform itself ("HTTP trigger overview", limits of response headers). */
const RESERVED_HEADERS = new Set([
	"connection",
	"content-length",
	"date",
	"keep-alive",
	"server",
	"transfer-encoding",
	"upgrade",
]);

const responseSchema = z.object({
	statusCode: z.int().min(200).max(599),
	headers: z
		.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
		.nullish(),
	isBase64Encoded: z.boolean().nullish(),
	body: z.unknown(),
});

export type Mapped =
	| { readonly ok: true; readonly answer: Answer }
	| { readonly ok: false; readonly reason: string };

/**
 * A JSON object with a statusCode says what to answer; any other result is the
 * body of a 200, as JSON if it is JSON.
 */
export function httpAnswer(payload: Buffer): Mapped {
	const value = parseJson(payload);
	if (value === undefined) return plain(payload, "text/plain; charset=utf-8");
	if (typeof value !== "object" || value === null || !("statusCode" in value)) {
		return plain(payload, "application/json");
	}
	const parsed = responseSchema.safeParse(value);
	if (!parsed.success) {
		const reasons = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
		return { ok: false, reason: reasons.join("; ") };
	}
	const { statusCode, headers, isBase64Encoded, body } = parsed.data;
	const out: Record<string, string | string[]> = {};
	for (const [name, header] of Object.entries(headers ?? {})) {
		const lower = name.toLowerCase();
		if (RESERVED_HEADERS.has(lower) || lower.startsWith("x-fc-")) continue;
		const text = Array.isArray(header) ? header : String(header);
		if (
			!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) ||
			[text].flat().some((line) => /[^\t\x20-\x7e\x80-\xff]/.test(line))
		) {
			return { ok: false, reason: `headers.${name}: not a header` };
		}
		out[lower] = text;
	}
	out["content-type"] ??= "application/json";
	const text = typeof body === "string" ? body : body == null ? "" : JSON.stringify(body);
	if (isBase64Encoded && !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
		return { ok: false, reason: "body: not base64" };
	}
	return {
		ok: true,
		answer: {
			status: statusCode,
			headers: out,
			body: Buffer.from(text, isBase64Encoded ? "base64" : "utf8"),
		},
	};
}

function plain(body: Buffer, type: string): Mapped {
	return { ok: true, answer: { status: 200, headers: { "content-type": type }, body } };
}

function parseJson(payload: Buffer): unknown {
	try {
		return JSON.parse(payload.toString("utf8"));
	} catch {
		return undefined;
	}
}

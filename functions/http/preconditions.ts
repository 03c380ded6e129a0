import { Problem } from "./problem.ts";

/**
 * A strong tag: every change of a document makes a new version.
 *
 * @param phase tells apart what one version shows one time after the other.
 */
export const etag = (version: bigint, phase = 0): string =>
	phase === 0 ? `"${version}"` : `"${version}.${phase}"`;

interface Tag {
	readonly weak: boolean;
	/** With its quotes. */
	readonly opaque: string;
}

const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** `*`, or a list of entity tags (RFC 9110, section 8.8.3); what is no tag is left out: it matches nothing. */
function readTags(headers: Headers, name: "If-Match" | "If-None-Match"): "*" | Tag[] | undefined {
	const value = headers.get(name)?.trim();
	if (value === undefined || value === "*") return value;
	return [...value.matchAll(TAG)].map(([, weak, opaque = ""]) => ({
		weak: weak !== undefined,
		opaque,
	}));
}

/** Whether `If-None-Match` names this tag, by the weak comparison (RFC 9110, section 13.1.2). */
export function isNamed(headers: Headers, tag: string): boolean {
	const tags = readTags(headers, "If-None-Match");
	const opaque = tag.replace(/^W\//, "");
	return tags === "*" || (tags?.some((one) => one.opaque === opaque) ?? false);
}

/** `If-None-Match: *`: only if there is none yet. */
export const wantsNew = (headers: Headers): boolean => readTags(headers, "If-None-Match") === "*";

/**
 * What a change demands of the version that it meets; `If-Match` by the strong
 * comparison, which a weak tag never passes (RFC 9110, sections 13.1.1 and 13.1.2).
 * @throws Problem version-conflict, with the version that is there.
 */
export function requireVersion(headers: Headers, version: bigint): void {
	const tag = etag(version);
	const isThis = ({ opaque }: Tag) => opaque.replace(/\.\d+"$/, '"') === tag;
	const wanted = readTags(headers, "If-Match") ?? "*";
	const unwanted = readTags(headers, "If-None-Match") ?? [];
	const matches = wanted === "*" || wanted.some((one) => !one.weak && isThis(one));
	if (matches && unwanted !== "*" && !unwanted.some(isThis)) return;
	throw new Problem("version-conflict", `its version is ${version} now: read it again`, {
		headers: { etag: tag },
		members: { version: Number(version) },
	});
}

/** 304 in place of an answer that the caller has already (RFC 9110, section 15.4.5). */
export function unlessKnown(request: Request, response: Response): Response {
	const tag = response.headers.get("etag");
	if (response.status !== 200 || tag === null || !isNamed(request.headers, tag)) return response;
	void response.body?.cancel();
	return new Response(null, { status: 304, headers: { etag: tag } });
}

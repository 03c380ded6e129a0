import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { apiDocument } from "../../../functions/http/document/index.ts";

interface Media {
	readonly schema: object;
	readonly example?: unknown;
	readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Answer {
	readonly $ref?: string;
	readonly headers?: object;
	readonly content?: Readonly<Record<string, Media>>;
}
export interface Operation {
	readonly operationId: string;
	readonly requestBody?: { readonly content: { readonly "application/json": Media } };
	readonly responses: Readonly<Record<string, Answer>>;
}

export interface Answered {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** Headers of answers that must be described where they are sent. */
const TOLD = ["ETag", "Idempotent-Replayed", "Link", "Location", "Preference-Applied"];
/** What is answered to a path or a method that is not described. */
const ELSEWHERE = [401, 404, 405];
const PROBLEM = { $ref: "#/components/schemas/Problem" };

/** The API as its document describes it, which says of an answer whether it is one of those. */
export class DescribedApi {
	readonly document: { readonly paths: Readonly<Record<string, Record<string, Operation>>> };
	readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
	readonly #compiled = new Map<object, ValidateFunction>();

	constructor(text = apiDocument()) {
		this.document = JSON.parse(text);
		formats.default(this.#ajv);
		this.#ajv.addSchema({ ...closed(JSON.parse(text)), $id: "api" });
	}

	operations(): Array<{ method: string; path: string; operation: Operation }> {
		return Object.entries(this.document.paths).flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, operation]) => ({
				method: method.toUpperCase(),
				path,
				operation,
			})),
		);
	}

	/** @throws Error if the document does not describe this answer to this request. */
	check(method: string, url: string, { status, headers, text }: Answered): void {
		const where = `${method} ${url} → ${status}`;
		// Every path has both of them, and a document names neither.
		if (method === "OPTIONS") return;
		const isHead = method === "HEAD";
		const operation = this.#operationOf(isHead ? "GET" : method, url.split("?")[0] ?? "");
		const answer = this.#resolved(operation?.responses[status]);
		if (!answer) {
			if (operation || !ELSEWHERE.includes(status)) throw new Error(`${where} is not described`);
			if (!isHead) this.#checkBody(where, { schema: PROBLEM }, text);
			return;
		}
		const described = Object.keys(answer.headers ?? {});
		const untold = TOLD.filter(
			(name) => name.toLowerCase() in headers && !described.includes(name),
		);
		if (untold.length > 0)
			throw new Error(`${where} has headers that are not described: ${untold}`);
		if (isHead) return;
		if (!answer.content) {
			if (text !== "") throw new Error(`${where} has a body, and none is described`);
			return;
		}
		const type = headers["content-type"] ?? "";
		const media = answer.content[type];
		if (!media) throw new Error(`${where} is ${type}, which is not described`);
		if (type.endsWith("json")) this.#checkBody(where, media, text);
	}

	/** Every example of the document with its schema's verdict: undefined where it is right. */
	examples(): Array<{ readonly where: string; readonly mistake: string | undefined }> {
		return this.operations().flatMap(({ operation }) => {
			const { operationId, requestBody, responses } = operation;
			const contents = [
				["request", requestBody?.content] as const,
				...Object.entries(responses).map(
					([status, answer]) => [status, this.#resolved(answer)?.content] as const,
				),
			];
			return contents.flatMap(([part, content]) =>
				Object.values(content ?? {}).flatMap((media) => {
					const many = Object.values(media.examples ?? {}).map(({ value }) => value);
					const all = "example" in media ? [media.example, ...many] : many;
					return (all.length > 0 ? all : [undefined]).map((example) => ({
						where: `${operationId} ${part}`,
						mistake: example === undefined ? "no example" : this.#mistake(media, example),
					}));
				}),
			);
		});
	}

	#checkBody(where: string, media: Media, text: string): void {
		const mistake = this.#mistake(media, JSON.parse(text));
		if (mistake) throw new Error(`${where} is not as its schema says: ${mistake}\n${text}`);
	}

	#mistake({ schema }: Media, value: unknown): string | undefined {
		let validate = this.#compiled.get(schema);
		if (!validate) {
			const located = JSON.stringify(closed(schema)).replaceAll(
				'"#/components',
				'"api#/components',
			);
			validate = this.#ajv.compile(JSON.parse(located));
			this.#compiled.set(schema, validate);
		}
		return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
	}

	#operationOf(method: string, path: string): Operation | undefined {
		const fitting = Object.keys(this.document.paths)
			.filter((one) => new RegExp(`^${one.replace(/\{\w+\}/g, "[^/]+")}$`).test(path))
			.sort((left, right) => left.split("{").length - right.split("{").length);
		return this.document.paths[fitting[0] ?? ""]?.[method.toLowerCase()];
	}

	#resolved(answer: Answer | undefined): Answer | undefined {
		if (!answer?.$ref) return answer;
		const names = answer.$ref.split("/").slice(1);
		return names.reduce<unknown>(
			(part, name) => (part as Record<string, unknown>)[name],
			this.document,
		) as Answer;
	}
}

/** The same schemas, which take no field that they do not name. */
function closed<T>(schema: T): T {
	if (Array.isArray(schema)) return schema.map(closed) as T;
	if (typeof schema !== "object" || schema === null) return schema;
	const inside = Object.fromEntries(
		Object.entries(schema).map(([name, one]) => [name, closed(one)]),
	);
	const open = "properties" in schema && !("additionalProperties" in schema);
	return (open ? { ...inside, additionalProperties: false } : inside) as T;
}

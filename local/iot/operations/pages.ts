import { PlatformError } from "../errors.ts";

const DEFAULT_PAGE_SIZE = 10;

/** Which page of a list is asked for. @throws PlatformError for one that cannot be. */
export function pageOf(
	params: ReadonlyMap<string, string>,
	maxSize: number,
): { readonly page: number; readonly size: number } {
	const size = pageNumber(params, "PageSize", DEFAULT_PAGE_SIZE);
	const page = pageNumber(params, "CurrentPage", 1);
	if (size > maxSize) throw invalidPage();
	return { page, size };
}

function pageNumber(params: ReadonlyMap<string, string>, name: string, otherwise: number): number {
	const text = params.get(name);
	if (text === undefined) return otherwise;
	const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
	if (value < 1) throw invalidPage();
	return value;
}

const invalidPage = () =>
	new PlatformError(
		"iot.common.InvalidPageParams",
		"The specified page size or page number is invalid.",
	);

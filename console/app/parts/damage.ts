/** Why an item of a list cannot be read: then it has its id and this error, and nothing else. */
export function damageOf(item: unknown): string | undefined {
	const { id, error } = item as { id?: string; error?: { code?: string; message?: string } };
	return error?.code === "DamagedRow" ? `${id}: ${error.message}` : undefined;
}

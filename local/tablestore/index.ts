export { startTablestore, type TablestoreOptions, type TablestoreService } from "./service.ts";

import { usePathname } from "next/navigation";
import { pathIn } from "./base-path.ts";

/** The page's path, without the base path; follows navigation. */
export const usePath = (): string => pathIn(usePathname());

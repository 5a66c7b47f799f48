import Link from "next/link";
import { buttonClass } from "../ui/button.tsx";

export default function NotFound() {
  return (
    <main className="flex grow flex-col items-center justify-center gap-3 px-6 text-center">
      <h1 className="text-lg font-semibold">There is no such page</h1>
      <p className="text-muted">The address may be incomplete.</p>
      <Link href="/" className={buttonClass()}>
        Start a task
      </Link>
    </main>
  );
}

import { AppLink } from "../navigation/app-link.tsx";
import { buttonClass } from "../ui/button.tsx";

export default function NotFound() {
  return (
    <main className="flex grow flex-col items-center justify-center gap-3 px-6 text-center">
      <h1 className="text-lg font-semibold">Page not found</h1>
      <AppLink href="/" className={buttonClass()}>
        New task
      </AppLink>
    </main>
  );
}

import { HomePage } from "../home/home-page.tsx";

export default function Page() {
  return <HomePage />;
}

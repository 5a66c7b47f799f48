import { useStore } from "zustand";
import { Review } from "./review.ts";
import type { ReviewComment } from "./review-comment.ts";

/** Reviews of this page, one per session. */
const reviews = new Map<string, Review>();

function reviewOf(sessionId: string): Review {
  const known = reviews.get(sessionId);
  if (known !== undefined) return known;
  const review = new Review(sessionId);
  reviews.set(sessionId, review);
  return review;
}

export function useReview(sessionId: string): { review: Review; comments: readonly ReviewComment[] } {
  const review = reviewOf(sessionId);
  return { review, comments: useStore(review.comments) };
}

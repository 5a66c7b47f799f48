/**
 * What a screen reader finds at each stop of tests/keyboard.spec.ts: landmarks, headings and controls by role and name, in
 * their order. Templates of `toMatchAriaSnapshot`: what they leave out may be there.
 */

export const SIGN_IN = `
  - main:
    - heading "Sign in to see your sessions" [level=1]
    - heading "Sign in with a token" [level=2]
    - form "Sign in with a token":
      - textbox "Token"
      - button "Sign in" [disabled]
    - heading "Sign in from the server" [level=2]
`;

export const HOME = `
  - button "Skip to the message box"
  - complementary "Sessions":
    - link "New task Alt C"
    - button "Search Ctrl K"
    - search:
      - searchbox "Filter sessions by title"
      - combobox "Filter by status"
      - combobox "Filter by project"
    - navigation "Sessions":
      - paragraph: No sessions yet.
    - link "Settings"
  - banner: New task
  - main:
    - heading "What needs doing?" [level=1]
    - form "New message":
      - textbox "Message"
      - button "Attach files"
      - combobox "Model"
      - combobox "Reasoning effort"
      - button "Send" [disabled]
    - group "Workspace":
      - combobox "Project"
    - combobox "Agent"
    - region "Examples":
      - button /List the workspace/
  - region "Notifications (F8)"
`;

export const APPROVAL = `
  - complementary "Sessions":
    - navigation "Sessions":
      - region "Needs you":
        - heading "Needs you" [level=2]
        - list:
          - listitem:
            - link /Needs you change it Waiting for approval/
            - button "More actions for change it"
  - banner:
    - heading "change it" [level=1]:
      - button "change it"
    - text: /Needs you/
    - button "Share"
    - button "More actions"
    - button "Inspector"
  - main:
    - log "Transcript":
      - heading "Transcript" [level=2]
      - 'heading "Asked: change it" [level=3]'
      - paragraph: Waiting for approval
    - region "Needs you":
      - heading "Run this command?" [level=2]
      - code: /sed -i/
      - textbox "Note to the agent"
      - button "Deny"
      - button "Always allow…"
      - button "Allow"
    - form "New message":
      - textbox "Message"
      - button "Stop"
    - status: /Needs you\\. Run this command\\?/
`;

export const QUESTION = `
  - main:
    - log "Transcript":
      - paragraph: /Allowed by/
      - button /Ran sed -i/ [expanded]
      - paragraph: Waiting for your answer
    - region "Needs you":
      - heading "Question from the agent" [level=2]
      - paragraph: Which colour?
      - group "Options":
        - button "Red"
        - button "Blue"
      - textbox "Your answer"
      - button "Send answer" [disabled]
    - status: Needs you. Question from the agent Which colour?
`;

export const QUEUE = `
  - main:
    - log "Transcript"
    - region "Steering":
      - paragraph: The agent reads this after its current call
      - list:
        - listitem:
          - button "Edit"
          - button "Queue instead"
          - button "Withdraw"
    - list "Queued":
      - listitem:
        - button /Move "reply. second", now number 1/
        - button "Steer"
        - button "Send now"
        - button "Edit"
        - button "Remove from the queue"
      - listitem:
        - button /Move "reply. first of all", now number 2/
    - form "New message":
      - textbox "Message"
      - button "Stop all"
      - button "Stop · 3 queued continue"
`;

export const CHANGES = `
  - complementary "Inspector":
    - separator "Inspector width"
    - tablist "Inspector":
      - tab "Changes" [selected]
      - tab "Files"
      - tab "Timeline"
      - tab "Raw"
    - button "Close the inspector"
    - tabpanel "Changes":
      - combobox "Which changes"
      - button "Revert all…"
      - button "Publish…"
      - region "Changes":
        - button /Added. new\\.txt \\+1/
        - button /Modified. src\\/add\\.ts 1 comment \\+1 −1/ [expanded]
        - region "Diff of src/add.ts":
          - button "Comment on deleted line 1"
          - button "Comment on line 1"
          - region "Comment on line 1":
            - paragraph: Why a plus?
            - button "Edit comment"
            - button "Delete comment"
      - region "Review":
        - button "1 comment"
        - button "Send 1 comment"
`;

export const REVERT = `
  - alertdialog "Revert new.txt?":
    - heading "Revert new.txt?" [level=2]
    - paragraph: /It is deleted/
    - button "Cancel"
    - button "Revert file"
`;

export const FIND = `
  - main:
    - search:
      - textbox "Search this session"
      - status: 1 of 1
      - button "Earlier match"
      - button "Later match"
      - button "Close search"
    - log "Transcript"
`;

export const PALETTE = `
  - dialog "Search":
    - heading "Search" [level=2]
    - combobox "Search" [expanded]
    - listbox:
      - group "Sessions":
        - option /change it/ [selected]
      - group "Actions":
        - option "Search this session"
        - option "Fork session"
        - option "Export session"
        - option "Archive session"
        - option "Delete session…"
        - option "New task"
        - option "Settings"
`;

export const SETTINGS = `
  - main:
    - heading "Settings" [level=1]
    - region "Account":
      - button "Sign out"
    - region "Appearance":
      - heading "Appearance" [level=2]
      - radiogroup "Theme":
        - radio "System" [checked]
        - radio "Light"
        - radio "Dark"
    - region "Keyboard":
      - checkbox "Use single letters as shortcuts outside of text fields" [checked]
    - region "Projects":
      - button "New project"
      - button "Edit shop"
      - button "Delete shop"
    - region "Models"
    - region "Usage":
      - table
    - region "Budgets":
      - button "Change limits"
    - region "MCP servers":
      - button "Add server"
    - region "Approval rules":
      - button "New rule"
    - region "Tokens":
      - button "New token"
      - button "Revoke browser"
    - region "People":
      - button "Invite"
    - region "Sandbox"
    - region "Server"
`;

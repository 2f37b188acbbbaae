"""A report in the forms that reviewers and their tools read: one file each."""

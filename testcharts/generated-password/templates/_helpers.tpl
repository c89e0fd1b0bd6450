{{- define "generated-password.secret" -}}
{{ .Release.Name }}-auth
{{- end -}}

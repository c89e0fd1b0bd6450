package main

import (
	"fmt"
	"sort"
	"strings"
	"text/template/parse"
)

func sorted[V any](set map[string]V) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// show prints all templates of a file.
func show(trees map[string]*parse.Tree) string {
	var out strings.Builder
	for _, name := range sorted(trees) {
		fmt.Fprintf(&out, "%q empty=%v", name, parse.IsEmptyTree(trees[name].Root))
		showNode(&out, trees[name].Root)
		out.WriteByte('\n')
	}
	return out.String()
}

// showNode prints a node as (KIND POSITION …).
func showNode(out *strings.Builder, node parse.Node) {
	switch node := node.(type) {
	case *parse.ListNode:
		out.WriteString("[")
		for _, item := range node.Nodes {
			showNode(out, item)
		}
		out.WriteString("]")
	case *parse.TextNode:
		fmt.Fprintf(out, "(text %d %d)", node.Pos, len(node.Text))
	case *parse.ActionNode:
		showNode(out, node.Pipe)
	case *parse.IfNode:
		showBranch(out, "if", &node.BranchNode)
	case *parse.WithNode:
		showBranch(out, "with", &node.BranchNode)
	case *parse.RangeNode:
		showBranch(out, "range", &node.BranchNode)
	case *parse.BreakNode:
		out.WriteString("(break)")
	case *parse.ContinueNode:
		out.WriteString("(continue)")
	case *parse.TemplateNode:
		fmt.Fprintf(out, "(template %d %s", node.Pos, node)
		if node.Pipe != nil {
			showNode(out, node.Pipe)
		}
		out.WriteString(")")
	case *parse.PipeNode:
		fmt.Fprintf(out, "(pipe %d", node.Pos)
		for _, variable := range node.Decl {
			fmt.Fprintf(out, " %s", variable)
		}
		fmt.Fprintf(out, " assign=%v", node.IsAssign)
		for _, command := range node.Cmds {
			fmt.Fprintf(out, "(command %d", command.Pos)
			for _, operand := range command.Args {
				showNode(out, operand)
			}
			out.WriteString(")")
		}
		out.WriteString(")")
	case *parse.ChainNode:
		fmt.Fprintf(out, "(chain %d %s", node.Pos, strings.Join(node.Field, "."))
		showNode(out, node.Node)
		out.WriteString(")")
	case *parse.NumberNode:
		fmt.Fprintf(out, "(number %d %s", node.Pos, node)
		if node.IsInt {
			fmt.Fprintf(out, " int=%d", node.Int64)
		}
		if node.IsUint {
			fmt.Fprintf(out, " uint=%d", node.Uint64)
		}
		if node.IsFloat {
			fmt.Fprintf(out, " float=%x", bits(node.Float64))
		}
		if node.IsComplex {
			fmt.Fprintf(out, " complex=%x,%x", bits(real(node.Complex128)), bits(imag(node.Complex128)))
		}
		out.WriteString(")")
	case *parse.StringNode:
		fmt.Fprintf(out, "(string %d %x)", node.Pos, node.Text)
	case *parse.IdentifierNode:
		fmt.Fprintf(out, "(function %d %s)", node.Pos, node)
	default:
		// ".", nil, bools, fields, variables.
		fmt.Fprintf(out, "(%d %s)", node.Position(), node)
	}
}

func showBranch(out *strings.Builder, kind string, node *parse.BranchNode) {
	fmt.Fprintf(out, "(%s %d", kind, node.Pos)
	showNode(out, node.Pipe)
	showNode(out, node.List)
	if node.ElseList != nil {
		showNode(out, node.ElseList)
	}
	out.WriteString(")")
}

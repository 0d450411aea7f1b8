import campaign.models.terms
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.functions.text
import django.db.models.lookups
import lottery.models.draws
import lottery.models.forecasts
from django.conf import settings
from django.db import migrations, models

from core.sql_files import load_sql


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaign', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        load_sql('lottery', 'in_order'),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('wester_id', models.CharField(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('takes_part', models.BooleanField()),
                ('is_elsewhere', models.BooleanField()),
                ('counting_total', models.BigIntegerField()),
                ('facts', models.SmallIntegerField()),
                ('has_left', models.BooleanField()),
            ],
            options={
                'db_table': 'candidate',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.IntegerField(db_comment='1, 2, ... without gaps per campaign.', verbose_name='sequence')),
                ('state', models.CharField(choices=[('frozen', 'frozen'), ('published', 'published'), ('drawn', 'drawn'), ('confirmed', 'confirmed'), ('void', 'void')], db_default='frozen', default='frozen', max_length=9, verbose_name='state')),
                ('chain', models.CharField(choices=[('quicknet', 'drand quicknet'), ('local', 'local chain')], max_length=8, verbose_name='chain')),
                ('round', models.BigIntegerField(verbose_name='round')),
                ('round_time', models.DateTimeField(verbose_name='round time')),
                ('publish_by', models.DateTimeField(verbose_name='publish by')),
                ('frozen_at', models.DateTimeField(verbose_name='frozen at')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('drawn_at', models.DateTimeField(blank=True, null=True, verbose_name='drawn at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='voided at')),
                ('void_reason', models.TextField(blank=True, verbose_name='reason of the void')),
                ('proposed_reason', models.TextField(blank=True, db_comment='Of the last request to void it; part of what is approved.', db_default='', default='', verbose_name='proposed reason of a void')),
                ('forgotten_at', models.DateTimeField(blank=True, null=True, verbose_name='secrets erased at')),
                ('pid_key', models.BinaryField(db_comment='K, encrypted; null once forgotten.', null=True)),
                ('nonce_key', models.BinaryField(db_comment='K2, encrypted; null once forgotten.', null=True)),
                ('entry_count', models.IntegerField(verbose_name='entrants')),
                ('lots_total', models.IntegerField(db_comment='Of all entrants.', verbose_name='lots')),
                ('eligible', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), db_comment='Of each prize, how many may win it.', size=None, verbose_name='eligible')),
                ('terms_json', models.BinaryField(db_comment='terms.json, byte for byte.')),
                ('manifest', models.BinaryField(db_comment='manifest.json, byte for byte.')),
                ('manifest_sha256', models.BinaryField(db_comment='The manifest hash, 32 bytes.')),
                ('signature', models.CharField(db_comment='manifest.sig.', max_length=128)),
                ('verifier', models.BinaryField(db_comment='verify_draw.py, byte for byte.')),
                ('subtrees', models.BinaryField(db_comment='Tree nodes above each 1,024 records, 32 bytes each: receipts start from them.')),
                ('round_json', models.BinaryField(db_comment='round.json, byte for byte.', null=True)),
                ('result', models.BinaryField(db_comment='result.json, byte for byte.', null=True)),
                ('winners_csv', models.BinaryField(db_comment='winners.csv, byte for byte.', null=True)),
                ('ranks', models.BinaryField(db_comment='Of each entrant by position, 4 bytes: their place in the order.', null=True)),
                ('winners', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), blank=True, db_comment="Of each prize, without a partial award's.", null=True, size=None, verbose_name='winners')),
                ('total_points', models.BigIntegerField(blank=True, null=True, verbose_name='total points')),
                ('leftover_points', models.BigIntegerField(blank=True, null=True, verbose_name='left over points')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='campaign.campaign', verbose_name='campaign')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
                ('forgotten_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='secrets erased by')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.terms', verbose_name='terms')),
                ('voided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='voided by')),
            ],
            options={
                'verbose_name': 'draw',
                'verbose_name_plural': 'draws',
                'permissions': [('freeze_draw', 'Can freeze the entrants of a draw'), ('request_publication', 'Can request the publication of a draw'), ('request_confirmation', 'Can request the confirmation of a draw'), ('request_void', 'Can request that a draw become void'), ('request_reveal', "Can request that an auditor is given a draw's key"), ('request_forgetting', "Can request the erasure of a draw's keys"), ('run_draw', 'Can run a draw whose round has come'), ('issue_receipt', "Can issue a member's receipt of a draw")],
            },
        ),
        migrations.CreateModel(
            name='Entrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField(db_comment='Place in entries.bin, from 0, by pid.')),
                ('wester_id', models.CharField(db_collation='C', max_length=40)),
                ('total_yen', models.BigIntegerField(db_comment='Of the counting bookings, inside the freeze.')),
                ('facts', models.SmallIntegerField(db_comment='Bits of campaign.facts, by the counting bookings, inside the freeze.')),
                ('lots', models.IntegerField(db_comment='Chances in the draw, as the plan gives them.')),
                ('mask', models.IntegerField(db_comment='Bit i - 1 is set where the entrant may win prize i.')),
                ('rewards', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_comment='Points in each prize if won; 0 where the entrant may not win it.', size=None)),
                ('pid', models.BinaryField(db_comment='16 bytes.')),
                ('nonces', models.BinaryField(db_comment='Of each prize 32 bytes, which open the commitment to its reward.')),
                ('commitment', models.BinaryField(db_comment='32 bytes, c of the protocol.')),
                ('draw', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entrants', to='lottery.draw')),
            ],
            options={
                'verbose_name': 'entrant',
                'verbose_name_plural': 'entrants',
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prize', models.SmallIntegerField(db_comment='Its number in the plan, from 1.', verbose_name='prize')),
                ('rank', models.IntegerField(db_comment='Place in the order of all entrants, from 1, the same for each prize.', verbose_name='rank')),
                ('lot', models.IntegerField(db_comment="Of the entrant's lots the one with the least ticket, from 1.", verbose_name='winning lot')),
                ('points', models.BigIntegerField(db_comment='The reward, or under partial less.', verbose_name='points')),
                ('draw', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='lottery.draw', verbose_name='draw')),
                ('entrant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='lottery.entrant')),
            ],
            options={
                'verbose_name': 'award',
                'verbose_name_plural': 'awards',
            },
        ),
        migrations.CreateModel(
            name='StoredForecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computed_at', models.DateTimeField(verbose_name='computed at')),
                ('entrants', models.IntegerField(verbose_name='entrants')),
                ('reward_points', models.BigIntegerField(verbose_name='rewards if all won (points)')),
                ('budget_points', models.BigIntegerField(verbose_name='total of all rewards (points)')),
                ('winners_p10', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None, verbose_name='winners, P10')),
                ('winners_p50', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None, verbose_name='winners, P50')),
                ('winners_p90', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None, verbose_name='winners, P90')),
                ('members_p10', models.IntegerField(verbose_name='members who win, P10')),
                ('members_p50', models.IntegerField(verbose_name='members who win, P50')),
                ('members_p90', models.IntegerField(verbose_name='members who win, P90')),
                ('used_p10', models.BigIntegerField(verbose_name='points used, P10')),
                ('used_p50', models.BigIntegerField(verbose_name='points used, P50')),
                ('used_p90', models.BigIntegerField(verbose_name='points used, P90')),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='forecast', to='campaign.aggregationrun', verbose_name='aggregation run')),
            ],
            options={
                'verbose_name': 'forecast',
                'verbose_name_plural': 'forecasts',
            },
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(fields=('campaign', 'sequence'), name='draw_sequence_once'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'void'), _negated=True), fields=('campaign',), name='draw_one_that_is_not_void'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(fields=('manifest_sha256',), name='draw_manifest_once'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'frozen'), ('published_at__isnull', True), ('published_by__isnull', True), ('drawn_at__isnull', True), ('leftover_points__isnull', True), ('ranks__isnull', True), ('result__isnull', True), ('round_json__isnull', True), ('total_points__isnull', True), ('winners__isnull', True), ('winners_csv__isnull', True), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True)), models.Q(('state', 'published'), ('published_at__isnull', False), ('published_by__isnull', False), ('drawn_at__isnull', True), ('leftover_points__isnull', True), ('ranks__isnull', True), ('result__isnull', True), ('round_json__isnull', True), ('total_points__isnull', True), ('winners__isnull', True), ('winners_csv__isnull', True), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True)), models.Q(('state', 'drawn'), models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False)), models.Q(('published_at__isnull', True), ('published_by__isnull', True)), _connector='OR'), ('drawn_at__isnull', False), ('leftover_points__isnull', False), ('ranks__isnull', False), ('result__isnull', False), ('round_json__isnull', False), ('total_points__isnull', False), ('winners__isnull', False), ('winners_csv__isnull', False), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True)), models.Q(('state', 'confirmed'), ('published_at__isnull', False), ('published_by__isnull', False), ('drawn_at__isnull', False), ('leftover_points__isnull', False), ('ranks__isnull', False), ('result__isnull', False), ('round_json__isnull', False), ('total_points__isnull', False), ('winners__isnull', False), ('winners_csv__isnull', False), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('void_reason', ''), ('voided_at__isnull', True), ('voided_by__isnull', True)), models.Q(('state', 'void'), ('voided_at__isnull', False), ('voided_by__isnull', False), models.Q(('void_reason', ''), _negated=True), models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False), ('drawn_at__isnull', False), ('leftover_points__isnull', False), ('ranks__isnull', False), ('result__isnull', False), ('round_json__isnull', False), ('total_points__isnull', False), ('winners__isnull', False), ('winners_csv__isnull', False), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), models.Q(models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False)), models.Q(('published_at__isnull', True), ('published_by__isnull', True)), _connector='OR'), models.Q(models.Q(('drawn_at__isnull', False), ('leftover_points__isnull', False), ('ranks__isnull', False), ('result__isnull', False), ('round_json__isnull', False), ('total_points__isnull', False), ('winners__isnull', False), ('winners_csv__isnull', False)), models.Q(('drawn_at__isnull', True), ('leftover_points__isnull', True), ('ranks__isnull', True), ('result__isnull', True), ('round_json__isnull', True), ('total_points__isnull', True), ('winners__isnull', True), ('winners_csv__isnull', True)), _connector='OR'), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), _connector='OR')), _connector='OR'), name='draw_in_one_whole_state'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('forgotten_at__isnull', True), ('forgotten_by__isnull', True), ('nonce_key__isnull', False), ('pid_key__isnull', False)), models.Q(('forgotten_at__isnull', False), ('forgotten_by__isnull', False), ('nonce_key__isnull', True), ('pid_key__isnull', True)), _connector='OR'), name='draw_keys_held_or_erased'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('forgotten_at__isnull', True), ('forgotten_by__isnull', True), ('nonce_key__isnull', False), ('pid_key__isnull', False)), ('state__in', ['confirmed', 'void']), _connector='OR'), name='draw_keys_held_to_its_end'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='draw_sequence_from_1'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('chain__in', ['quicknet', 'local'])), name='draw_chain_known'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('round__gte', 1)), name='draw_round_from_1'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_at__lte', models.F('publish_by')), ('publish_by__lte', models.F('round_time'))), name='draw_instants_in_order'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('frozen_at')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('publish_by')), 1), 0), django.db.models.lookups.Exact(django.db.models.functions.math.Mod(campaign.models.terms.EpochSeconds(models.F('round_time')), 1), 0)), name='draw_instants_whole_seconds'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), models.Q(('published_at__gte', models.F('frozen_at')), ('published_at__lte', models.F('publish_by'))), _connector='OR'), name='draw_published_in_time'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('drawn_at__isnull', True), ('drawn_at__gte', models.F('round_time')), _connector='OR'), name='draw_run_after_its_round'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), ('voided_at__lt', models.F('round_time')), models.Q(('drawn_at__isnull', False), ('leftover_points__isnull', False), ('ranks__isnull', False), ('result__isnull', False), ('round_json__isnull', False), ('total_points__isnull', False), ('winners__isnull', False), ('winners_csv__isnull', False)), _connector='OR'), name='draw_void_before_its_round_or_run'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('entry_count__range', (0, 10000000)), ('lots_total__gte', models.F('entry_count')), ('lots_total__lte', 100000000), models.Q(('total_points__isnull', True), ('total_points__gte', 0), _connector='OR'), models.Q(('leftover_points__isnull', True), ('leftover_points__gte', 0), _connector='OR')), name='draw_counts_in_range'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('eligible__len__range', (1, 16)), lottery.models.draws.NoLessThanEach('entry_count', 'eligible'), lottery.models.draws.NoneIsNegative('eligible')), name='draw_eligible_by_prize'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('winners__isnull', True), models.Q(('winners__len__range', (1, 16)), lottery.models.draws.NoLessThanEach('entry_count', 'winners'), lottery.models.draws.NoneIsNegative('winners'), django.db.models.lookups.Exact(lottery.models.draws.Cardinality('winners'), lottery.models.draws.Cardinality('eligible'))), _connector='OR'), name='draw_winners_by_prize'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('manifest_sha256', lottery.models.draws.Sha256('manifest'))), name='draw_hash_is_of_its_manifest'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('signature__regex', '^[0-9a-f]{128}$')), name='draw_signature_is_hex'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('subtrees'), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('entry_count'), '+', models.Value(1023)), '/', models.Value(1024)), '*', models.Value(32)))), name='draw_subtrees_of_its_entries'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('ranks__isnull', True), django.db.models.lookups.Exact(django.db.models.functions.text.Length('ranks'), django.db.models.expressions.CombinedExpression(models.F('entry_count'), '*', models.Value(4))), _connector='OR'), name='draw_ranks_of_its_entries'),
        ),
        migrations.AddConstraint(
            model_name='entrant',
            constraint=models.UniqueConstraint(fields=('draw', 'wester_id'), name='entrant_one_per_member'),
        ),
        migrations.AddConstraint(
            model_name='entrant',
            constraint=models.UniqueConstraint(fields=('draw', 'pid'), name='entrant_pid_once'),
        ),
        migrations.AddConstraint(
            model_name='entrant',
            constraint=models.UniqueConstraint(fields=('draw', 'position'), name='entrant_position_once'),
        ),
        migrations.AddConstraint(
            model_name='entrant',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 0)), name='entrant_position_from_0'),
        ),
        migrations.AddConstraint(
            model_name='entrant',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('pid'), 16), django.db.models.lookups.Exact(django.db.models.functions.text.Length('nonces'), django.db.models.expressions.CombinedExpression(lottery.models.draws.Cardinality('rewards'), '*', models.Value(32))), django.db.models.lookups.Exact(django.db.models.functions.text.Length('commitment'), 32)), name='entrant_bytes_of_their_length'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(fields=('entrant', 'prize'), name='award_of_a_prize_once'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.UniqueConstraint(fields=('draw', 'prize', 'rank'), name='award_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='award_rank_from_1'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('lot__gte', 1)), name='award_lot_from_1'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='award_of_some_points'),
        ),
        migrations.AddConstraint(
            model_name='storedforecast',
            constraint=models.CheckConstraint(condition=models.Q(('winners_p10__len__range', (1, 16)), lottery.models.draws.NoLessThanEach('entrants', 'winners_p10'), lottery.models.draws.NoneIsNegative('winners_p10'), ('winners_p90__len__range', (1, 16)), lottery.models.draws.NoLessThanEach('entrants', 'winners_p90'), lottery.models.draws.NoneIsNegative('winners_p90'), lottery.models.forecasts.InOrder('winners_p10', 'winners_p50', 'winners_p90')), name='storedforecast_winners_in_order'),
        ),
        migrations.AddConstraint(
            model_name='storedforecast',
            constraint=models.CheckConstraint(condition=models.Q(('entrants__gte', models.F('members_p90')), ('members_p10__gte', 0), ('members_p50__gte', models.F('members_p10')), ('members_p90__gte', models.F('members_p50'))), name='storedforecast_members_in_order'),
        ),
        migrations.AddConstraint(
            model_name='storedforecast',
            constraint=models.CheckConstraint(condition=models.Q(('budget_points__gte', models.F('used_p90')), ('used_p10__gte', 0), ('used_p50__gte', models.F('used_p10')), ('used_p90__gte', models.F('used_p50'))), name='storedforecast_points_in_order'),
        ),
        load_sql('lottery', 'draw_ranks', 'draw_triggers', 'entrant_triggers', 'award_triggers', 'campaign_triggers'),
    ]
